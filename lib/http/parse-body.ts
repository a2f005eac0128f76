import { invalid } from '@/lib/core/errors'
import type { MachineRequest } from './machine-message'

/** contract.md: bodies over 64 KiB are 413. */
export const BODY_BYTES_MAX = 64 * 1024
const DEPTH_MAX = 16
const UTF8 = new TextDecoder('utf-8', { fatal: true })

export class BodyTooLargeError extends Error {
  override name = 'BodyTooLargeError'
}
export class UnsupportedBodyError extends Error {
  override name: string = 'UnsupportedBodyError'
}
/** The client went away in the middle of it: nobody reads the answer, and nothing is wrong on our side. */
export class BrokenOffBodyError extends UnsupportedBodyError {
  override name = 'BrokenOffBodyError'
}

/**
 * Reads at most 64 KiB. A declared length over it is refused before anything is read; an undeclared one as soon as it is
 * exceeded. @throws BodyTooLargeError, BrokenOffBodyError, DomainError for what is not UTF-8
 */
export async function readBody(request: MachineRequest): Promise<string> {
  const declared = request.headers.get('content-length')
  if (declared !== null) {
    if (Number(declared) > BODY_BYTES_MAX) throw new BodyTooLargeError('declared length over the limit')
    return decodeUtf8(await request.bytes())
  }
  const { body } = request
  if (body === null) return ''
  const chunks: Uint8Array[] = []
  let size = 0
  const reader = body.getReader()
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      throw new BrokenOffBodyError('the client went away')
    })
    if (done) return decodeUtf8(Buffer.concat(chunks))
    size += value.byteLength
    if (size > BODY_BYTES_MAX) {
      await reader.cancel()
      throw new BodyTooLargeError('body over the limit')
    }
    chunks.push(value)
  }
}

function decodeUtf8(bytes: Uint8Array): string {
  if (bytes.byteLength > BODY_BYTES_MAX) throw new BodyTooLargeError('body over the limit')
  try {
    return UTF8.decode(bytes)
  } catch (error) {
    if (error instanceof TypeError) throw invalid(undefined, 'malformed-body', 'The body is not valid UTF-8.')
    throw error
  }
}

/**
 * For an endpoint that has no use for a body: one that comes all the same is held to the same rules, and passed over. Of a
 * GET no body can be read; the listener counts it.
 */
export async function passOverBody(request: MachineRequest): Promise<void> {
  const { headers } = request
  // RFC 9112 §6.3: without either there is none. Asking the request for its body is dear.
  if (!headers.has('transfer-encoding') && Number(headers.get('content-length') ?? 0) === 0) return
  const text = await readBody(request)
  if (text !== '') parseMembers(text, headers.get('content-type'))
  else if (!MEDIA_TYPES.has(mediaTypeOf(headers.get('content-type')))) throw new UnsupportedBodyError('of a GET')
}

const MEDIA_TYPES = new Set(['', 'application/json', 'application/x-www-form-urlencoded'])

function mediaTypeOf(contentType: string | null): string {
  return (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
}

/**
 * Family A's rule: a body that begins with `{` is JSON whatever the Content-Type (curl's default says form). Anything else
 * is form-encoded, unless its Content-Type says that it is something else (415). Repeated members are refused in both.
 */
export function parseMembers(text: string, contentType: string | null): Record<string, unknown> {
  const mediaType = mediaTypeOf(contentType)
  if (text.trimStart().startsWith('{')) return parseObject(text)
  if (mediaType === 'application/json') return parseObject(text)
  if (mediaType === '' || mediaType === 'application/x-www-form-urlencoded') return parseForm(text)
  throw new UnsupportedBodyError(mediaType)
}

/**
 * A body that must be form-encoded (RFC 6749 §3.2, RFC 7009 §2.1, RFC 7662 §2.1, RFC 9126 §2.1), whole: a `%` that begins
 * nothing and bytes that are no UTF-8 are refused, where URLSearchParams would put something in their place.
 */
export function parseFormMembers(text: string, contentType: string | null): Record<string, unknown> {
  const mediaType = mediaTypeOf(contentType)
  if (mediaType !== '' && mediaType !== 'application/x-www-form-urlencoded') throw new UnsupportedBodyError(mediaType)
  refuseBadEscapes(text)
  return parseForm(text)
}

/** Throws for a text whose percent-encoding is not whole. */
export function refuseBadEscapes(text: string): void {
  if (!text.includes('%')) return
  try {
    decodeURIComponent(text)
  } catch (error) {
    const refused = invalid(undefined, 'malformed-body', 'The percent-encoding is broken.')
    refused.cause = error
    throw refused
  }
}

function parseForm(text: string): Record<string, unknown> {
  const members: Record<string, unknown> = Object.create(null)
  for (const [name, value] of pairsOf(text)) {
    // RFC 6749 §3.2: "parameters MUST NOT be included more than once"
    if (name in members) throw invalid(name, 'repeated-member', `"${printable(name)}" is there more than once.`)
    members[name] = value
  }
  return members
}

/** As URLSearchParams reads them. Most forms hold nothing to decode, and taking them apart is all there is to do. */
function pairsOf(text: string): Iterable<[string, string]> {
  if (!/^[\w.~=&-]*$/.test(text)) return new URLSearchParams(text)
  return text
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const equals = pair.indexOf('=')
      return equals < 0 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)]
    })
}

/** A JSON object, refused when a name occurs twice in one object, at any depth; JSON.parse would keep the last in silence. */
export function parseObject(text: string): Record<string, unknown> {
  refuseRepeatedNames(text)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw malformed(error)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed()
  return value as Record<string, unknown>
}

function malformed(cause?: unknown) {
  const error = invalid(undefined, 'malformed-body', 'The body is not a valid JSON object.')
  if (cause !== undefined) error.cause = cause
  return error
}

/** One pass over the text: strings that stand where a name stands are collected per open object. Validity is JSON.parse's. */
function refuseRepeatedNames(text: string): void {
  const open: (Set<string> | null)[] = [] // null: an array
  let nameExpected = false
  for (let i = 0; i < text.length; i++) {
    const character = text[i]
    if (character === '"') {
      const end = endOfString(text, i)
      const names = open[open.length - 1]
      if (nameExpected && names) {
        const name = decodeName(text.slice(i, end + 1))
        if (names.has(name)) throw invalid(name, 'repeated-member', `"${printable(name)}" is there more than once.`)
        names.add(name)
        nameExpected = false
      }
      i = end
    } else if (character === '{' || character === '[') {
      if (open.length === DEPTH_MAX) throw invalid(undefined, 'malformed-body', 'The body is nested too deeply.')
      open.push(character === '{' ? new Set() : null)
      nameExpected = character === '{'
    } else if (character === '}' || character === ']') {
      open.pop()
      nameExpected = false
    } else if (character === ',') {
      nameExpected = open[open.length - 1] instanceof Set
    }
  }
}

function endOfString(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    if (text[i] === '\\') i++
    else if (text[i] === '"') return i
  }
  throw malformed()
}

function decodeName(quoted: string): string {
  if (!quoted.includes('\\')) return quoted.slice(1, -1)
  try {
    return JSON.parse(quoted) as string
  } catch (error) {
    throw malformed(error)
  }
}

/** A name that a stranger sent, fit to be repeated in an answer. */
function printable(name: string): string {
  return name.replace(/[^\x20-\x7e]/g, '?').slice(0, 64)
}
