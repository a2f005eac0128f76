import type { AuthorizationClient } from './schema'

const LENGTH_MAX = 2000
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

type Registered = AuthorizationClient['callbacks']

/** What is wrong with the callback of a `flow` request, or null. */
export function faultOfFlowCallback(value: string, registered: Registered): string | null {
  const host = hostOf(value)
  if (host === null) return 'the callback is not an https URL of host and path'
  // Seed 002: "Hostname in parameter will be validated against callback URL list"; "no restrictions on path composition".
  return registered.some((callback) => callback.host === host) ? null : 'the host of the callback is not registered'
}

/** What is wrong with the callback of any other request, or null. */
export function faultOfCallback(value: string, registered: Registered): string | null {
  if (value.length > LENGTH_MAX) return 'the callback is too long'
  // RFC 9700 §4.1.3: exact string matching, but for the port of loopback addresses (RFC 8252 §7.3).
  const wanted = withoutLoopbackPort(value)
  return registered.some(({ url }) => url === value || (wanted !== null && withoutLoopbackPort(url) === wanted))
    ? null
    : 'the callback is not registered'
}

/**
 * The host of a URL with which a parser and a reader agree on the host; null for anything else. The text itself goes into
 * the Location header, so it may hold nothing that an agent would read in another way than we do.
 */
function hostOf(value: string): string | null {
  if (value.length > LENGTH_MAX || !/^[\x21-\x7e]+$/.test(value) || /[\\?#"<>`{}^|]/.test(value)) return null
  const match = /^(https?):\/\/([^/]+)(?:\/.*)?$/.exec(value)
  const authority = match?.[2]?.toLowerCase() ?? ''
  if (!match || authority.includes('@') || !URL.canParse(value)) return null
  const url = new URL(value)
  if (`${url.protocol}//${authority}` !== url.origin && authority !== `${url.host}:${defaultPort(url)}`) return null
  if (url.protocol === 'http:' && !LOOPBACK.has(url.hostname)) return null
  return url.hostname
}

function defaultPort(url: URL): string {
  return url.protocol === 'https:' ? '443' : '80'
}

/** Null where it is not http on this very machine. */
function withoutLoopbackPort(value: string): string | null {
  const match = /^(http:\/\/(?:localhost|127\.0\.0\.1|\[::1\]))(?::\d{1,5})?(\/[\x21-\x7e]*)?$/.exec(value)
  return match && URL.canParse(value) ? `${match[1]}${match[2] ?? ''}` : null
}
