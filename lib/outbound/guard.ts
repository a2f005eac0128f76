import { lookup } from 'node:dns/promises'
import { isIP, type LookupFunction } from 'node:net'
import { Agent, errors, request } from 'undici'
import { DomainError } from '@/lib/core/errors'
import { SECOND } from '@/lib/core/time'
import { env } from '@/lib/env/env'
import { isPublicAddress } from './is-public-address'

/**
 * The one way out. Addresses that strangers name (push endpoints, CRL and OCSP locations, webhooks) are resolved once, every
 * answer is judged, and the connection goes to the judged address and no other, so that a name that changes its mind between
 * check and use (DNS rebinding) gains nothing. https unless `host:port` is in OUTBOUND_ALLOW or the answer is signed, no redirect
 * followed, time and size bounded.
 */
export type OutboundRequest = {
  url: string
  method?: 'GET' | 'POST' | 'DELETE'
  headers?: Record<string, string>
  body?: string | Uint8Array
  /** Of the answer. */
  maxBytes?: number
  /** From resolving the name to the last byte. */
  timeoutMs?: number
  /** The answer is signed and checked by the caller, and the question is no secret: plain http will do (ADR-0103). */
  signedAnswer?: boolean
}
export type OutboundResponse = {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: Buffer
}
export type Address = { address: string; family: number }
type Network = { resolve: (host: string) => Promise<Address[]>; allow: readonly string[] }

const TIMEOUT_MS = 10 * SECOND
const MAX_BYTES = 64 * 1024

/**
 * Judges the address as written; `sendOutbound` judges again what the name resolves to.
 * @throws DomainError `outbound-address-refused`
 */
export function parseOutboundUrl(
  text: string,
  allow: readonly string[] = env().outboundAllow,
  { plainHttp = false } = {},
): URL {
  const url = URL.canParse(text) ? new URL(text) : null
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) throw refused('not an http(s) address')
  if (url.username || url.password) throw refused('user information in the address')
  if (isAllowed(url, allow)) return url
  if (url.protocol !== 'https:' && !plainHttp) throw refused(`plain http to ${url.host}`)
  const host = hostOf(url)
  if (isIP(host) && !isPublicAddress(host)) throw refused(`${host} is not public`)
  return url
}

/**
 * A redirect is an answer like any other: its status is returned and nobody goes there.
 * @throws DomainError `outbound-address-refused`, `outbound-too-large`, `outbound-timeout`, `outbound-failed`
 */
export async function sendOutbound(input: OutboundRequest, network: Partial<Network> = {}): Promise<OutboundResponse> {
  const { resolve = resolveHost, allow = env().outboundAllow } = network
  const url = parseOutboundUrl(input.url, allow, { plainHttp: input.signedAnswer })
  const maxBytes = input.maxBytes ?? MAX_BYTES
  const signal = AbortSignal.timeout(input.timeoutMs ?? TIMEOUT_MS)
  try {
    const address = await judgeHost(url, allow, resolve, signal)
    const agent = pinnedAgent(address, maxBytes)
    try {
      const response = await request(url, {
        dispatcher: agent,
        method: input.method ?? 'GET',
        headers: input.headers,
        body: input.body === undefined ? null : Buffer.from(input.body),
        signal,
      })
      const body = Buffer.from(await response.body.arrayBuffer())
      return { status: response.statusCode, headers: response.headers, body }
    } finally {
      // Not `close`: that would wait for an answer that is still coming.
      await agent.destroy()
    }
  } catch (error) {
    throw translate(error, url, signal)
  }
}

async function judgeHost(
  url: URL,
  allow: readonly string[],
  resolve: Network['resolve'],
  signal: AbortSignal,
): Promise<Address> {
  const host = hostOf(url)
  const family = isIP(host)
  const addresses = family ? [{ address: host, family }] : await unlessAborted(resolve(host), signal)
  const first = addresses[0]
  if (!first) throw new DomainError('unavailable', 'outbound-failed', UNREACHED, { detail: `${host} has no address` })
  if (!isAllowed(url, allow)) {
    const hidden = addresses.find(({ address }) => !isPublicAddress(address))
    if (hidden) throw refused(`${host} resolves to ${hidden.address}, which is not public`)
  }
  return first
}

function pinnedAgent({ address, family }: Address, maxBytes: number): Agent {
  const pinned: LookupFunction = (_host, options, callback) => {
    if (options.all) callback(null, [{ address, family }])
    else callback(null, address, family)
  }
  return new Agent({ connect: { lookup: pinned }, maxResponseSize: maxBytes, pipelining: 0, connections: 1 })
}

function resolveHost(host: string): Promise<Address[]> {
  return lookup(host, { all: true, order: 'verbatim' })
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((settle, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    promise.then(settle, reject)
  })
}

function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '')
}

function isAllowed(url: URL, allow: readonly string[]): boolean {
  const port = url.port || (url.protocol === 'https:' ? '443' : '80')
  const wanted = `${url.hostname}:${port}`
  return allow.some((entry) => entry.toLowerCase() === wanted)
}

const UNREACHED = 'The other side could not be reached. Check the address, then try again.'

function refused(detail: string): DomainError {
  return new DomainError(
    'invalid',
    'outbound-address-refused',
    'This address cannot be used. Give a public https address.',
    {
      detail,
    },
  )
}

function translate(error: unknown, url: URL, signal: AbortSignal): unknown {
  if (error instanceof DomainError) return error
  // Host only: paths of push endpoints and webhooks are secrets.
  const details = { detail: `${url.host}: ${error instanceof Error ? error.message : 'unknown'}`, cause: error }
  if (signal.aborted) return new DomainError('unavailable', 'outbound-timeout', UNREACHED, details)
  if (error instanceof errors.ResponseExceededMaxSizeError) {
    return new DomainError('unavailable', 'outbound-too-large', UNREACHED, details)
  }
  return new DomainError('unavailable', 'outbound-failed', UNREACHED, details)
}
