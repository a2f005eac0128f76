import {
  BIT_STRING,
  BOOLEAN,
  booleanOf,
  DerError,
  Elements,
  INTEGER,
  OCTET_STRING,
  OID,
  oidOf,
  readOnly,
  SEQUENCE,
} from '../der/der'
import { readGeneralName } from '../general-name'
import type { Certificate } from '../parse-certificate'
import { type Answer, CLOCK_SKEW_MS, toReason } from './answer'
import { RevocationError } from './errors'
import { readMoment } from './read-moment'
import { signatureOf, verifySignature } from './verify-signature'
import { type Span, Walk } from './walk'

const UTC_TIME = 0x17
const GENERALIZED_TIME = 0x18
const DELTA = '2.5.29.27'
const DISTRIBUTION_POINT = '2.5.29.28'
const REASON_CODE = '2.5.29.21'
const ENUMERATED = 0x0a

export type CrlRequest = {
  bytes: Buffer
  /** Where the list came from: one that names its place must name this one. */
  url: string
  /** Who issued the certificates in question. */
  issuer: Certificate
  /** Serial numbers as their octets, lower-case hex; and whether each is an authority's. */
  wanted: readonly { serial: string; isAuthority: boolean }[]
  now: Date
}

export type CrlAnswers = { thisUpdate: Date; nextUpdate: Date; answers: Map<string, Answer> }

/**
 * What a complete list of one authority says of its certificates (RFC 5280 §5, §6.3). A list that is a delta, of several authorities or
 * for some reasons only answers nothing; nor does one for other certificates. A certificate that it does not cover is not
 * in `answers`. @throws RevocationError
 */
export function readCrl(request: CrlRequest): CrlAnswers {
  try {
    return read(request)
  } catch (error) {
    if (error instanceof DerError) throw new RevocationError('malformed', error)
    throw error
  }
}

function read({ bytes, url, issuer, wanted, now }: CrlRequest): CrlAnswers {
  const file = new Walk(bytes, 0, bytes.length)
  const list = file.next(SEQUENCE)
  file.end()
  const outer = new Walk(bytes, list.content, list.end)
  const signed = outer.next(SEQUENCE)
  const algorithm = outer.next(SEQUENCE)
  const signature = outer.next(BIT_STRING)
  outer.end()

  const fields = new Walk(bytes, signed.content, signed.end)
  fields.optional(INTEGER)
  const inner = fields.next(SEQUENCE)
  const name = fields.next(SEQUENCE)
  const thisUpdate = momentOf(bytes, fields.next())
  const next = fields.optional(UTC_TIME, GENERALIZED_TIME)
  const entries = fields.optional(SEQUENCE)
  const tagged = fields.optional(0xa0)
  fields.end()

  if (!sliceOf(bytes, name).equals(issuer.subject.raw)) throw new RevocationError('wrong-issuer')
  // RFC 5280 §6.3.3 (f): "If a key usage extension is present in the CRL issuer's certificate, verify that the cRLSign bit is set."
  if (issuer.keyUsage && !issuer.keyUsage.has('cRLSign')) throw new RevocationError('not-authorized')
  if (!issuer.key) throw new RevocationError('weak-signature')
  const work = { nodes: 0, signatures: 0 }
  const named = readOnly(sliceOf(bytes, algorithm), work)
  // RFC 5280 §5.1.1.2: the algorithm is named twice alike.
  if (!named.raw.equals(sliceOf(bytes, inner))) throw new RevocationError('malformed')
  verifySignature(sliceOf(bytes, signed), named, signatureOf(readOnly(sliceOf(bytes, signature), work)), issuer.key)

  const scope = readScope(tagged ? bytes.subarray(tagged.content, tagged.end) : null, url)
  // RFC 5280 §5.1.2.5: conforming authorities MUST say when the next list comes.
  if (!next) throw new RevocationError('no-next-update')
  const nextUpdate = momentOf(bytes, next)
  if (thisUpdate.getTime() > now.getTime() + CLOCK_SKEW_MS) throw new RevocationError('not-yet-valid')
  if (nextUpdate <= now) throw new RevocationError('stale')

  const revoked = entries ? findEntries(bytes, entries, new Set(wanted.map(({ serial }) => serial))) : new Map()
  const answers = new Map<string, Answer>()
  for (const { serial, isAuthority } of wanted) {
    if (scope === 'authorities' ? !isAuthority : scope === 'others' && isAuthority) continue
    const entry = revoked.get(serial)
    answers.set(serial, {
      status: entry ? 'revoked' : 'good',
      revokedAt: entry?.revokedAt ?? null,
      reason: entry?.reason ?? null,
      thisUpdate,
      nextUpdate,
    })
  }
  if (answers.size === 0 && wanted.length > 0) throw new RevocationError('out-of-scope')
  return { thisUpdate, nextUpdate, answers }
}

type Scope = 'all' | 'authorities' | 'others'

/** RFC 5280 §5.2: what the extensions of a list say that it covers. */
function readScope(bytes: Buffer | null, url: string): Scope {
  if (!bytes) return 'all'
  let scope: Scope = 'all'
  for (const extension of new Elements(readOnly(bytes, { nodes: 0, signatures: 0 })).rest()) {
    const fields = new Elements(extension)
    const oid = oidOf(fields.next())
    const critical = fields.optional(BOOLEAN)
    const value = fields.next(OCTET_STRING).content
    fields.end()
    if (oid === DELTA) throw new RevocationError('delta')
    if (oid === DISTRIBUTION_POINT) scope = readDistributionPoint(value, url)
    else if (critical && booleanOf(critical)) throw new RevocationError('critical-extension')
  }
  return scope
}

/** RFC 5280 §5.2.5, §6.3.3 (b) (2). */
function readDistributionPoint(value: Buffer, url: string): Scope {
  const fields = new Elements(readOnly(value, { nodes: 0, signatures: 0 }))
  const point = fields.optional(0xa0)
  const onlyUsers = fields.optional(0x81)
  const onlyAuthorities = fields.optional(0x82)
  const onlySomeReasons = fields.optional(0x83)
  const indirect = fields.optional(0x84)
  const onlyAttributes = fields.optional(0x85)
  fields.end()
  if (onlySomeReasons) throw new RevocationError('partial')
  if (isTrue(indirect)) throw new RevocationError('indirect')
  if (isTrue(onlyAttributes)) throw new RevocationError('out-of-scope')
  if (point) {
    const names = point.children[0]
    if (names?.tag !== 0xa0) throw new RevocationError('unsupported')
    const places = names.children.map(readGeneralName)
    if (!places.some((place) => place.kind === 'uri' && place.value === url)) throw new RevocationError('out-of-scope')
  }
  if (isTrue(onlyAuthorities)) return 'authorities'
  return isTrue(onlyUsers) ? 'others' : 'all'
}

function isTrue(value: { content: Buffer } | null): boolean {
  return value !== null && value.content[0] !== 0
}

type Entry = Pick<Answer, 'revokedAt' | 'reason'>

/** One pass; only entries that are asked for leave anything behind. */
function findEntries(bytes: Buffer, list: Span, wanted: ReadonlySet<string>): Map<string, Entry> {
  const octets = new Map([...wanted].map((serial) => [Buffer.from(serial, 'hex').toString('latin1'), serial]))
  const found = new Map<string, Entry>()
  const entries = new Walk(bytes, list.content, list.end)
  while (!entries.done) {
    const entry = entries.next(SEQUENCE)
    const fields = new Walk(bytes, entry.content, entry.end)
    const serial = fields.next(INTEGER)
    const date = fields.next()
    const extensions = fields.optional(SEQUENCE)
    fields.end()
    const reason = extensions && readEntryExtensions(bytes, extensions)
    const asked = octets.get(bytes.toString('latin1', serial.content, serial.end))
    if (asked === undefined) continue
    if (reason === 'removeFromCRL') continue
    found.set(asked, { revokedAt: momentOf(bytes, date), reason: reason ?? 'unspecified' })
  }
  return found
}

/** RFC 5280 §5.3: one that is critical and not processed makes the whole list useless. */
function readEntryExtensions(bytes: Buffer, list: Span): Answer['reason'] {
  let reason: Answer['reason'] = null
  const extensions = new Walk(bytes, list.content, list.end)
  while (!extensions.done) {
    const extension = extensions.next(SEQUENCE)
    const fields = new Walk(bytes, extension.content, extension.end)
    const oid = oidOf({ ...EMPTY, tag: OID, content: bytes.subarray(...contentOf(fields.next(OID))) })
    const critical = fields.optional(BOOLEAN)
    const value = fields.next(OCTET_STRING)
    fields.end()
    if (oid === REASON_CODE) {
      const code = new Walk(bytes, value.content, value.end).next(ENUMERATED)
      if (code.end - code.content === 1) reason = toReason(bytes[code.content])
    } else if (critical && bytes[critical.content] !== 0) throw new RevocationError('critical-extension')
  }
  return reason
}

const EMPTY = { raw: Buffer.alloc(0), children: [] }

function contentOf({ content, end }: Span): [number, number] {
  return [content, end]
}

function sliceOf(bytes: Buffer, { start, end }: Span): Buffer {
  return bytes.subarray(start, end)
}

function momentOf(bytes: Buffer, { tag, content, end }: Span): Date {
  return readMoment({ tag, content: bytes.subarray(content, end) })
}
