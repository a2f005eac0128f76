import { isOpaqueToken } from '@/lib/core/secrets'

/*
 * The cookie that binds an authorization request to the browser that brought it: one for each request, named for it, so
 * that two tabs do not take each other's. `__Host-` pins it to this host and to TLS.
 */

const NAME = /^(?:__Host-)?countersign-request-(arq_[0-9a-z]{20})$/

/** A browser that is led here again and again keeps the newest ones: the header has room for so many. */
const COUNT_MAX = 8

export function browserCookieName(requestId: string, secure: boolean): string {
  return `${secure ? '__Host-' : ''}countersign-request-${requestId}`
}

/** Tokens by the id of their request, from a Cookie header; the browser sends the oldest first (RFC 6265 §5.4). */
export function readBrowserCookies(header: string | null, secure: boolean): Map<string, string> {
  const tokens = new Map<string, string>()
  for (const pair of (header ?? '').split(';')) {
    const [name = '', value = ''] = pair.trim().split('=', 2)
    const requestId = NAME.exec(name)?.[1]
    if (requestId && name === browserCookieName(requestId, secure) && isOpaqueToken(value)) tokens.set(requestId, value)
  }
  return tokens
}

/** The header values that set the cookie of one request and drop those for which there is no room. */
export function setBrowserCookie(
  requestId: string,
  token: string,
  present: ReadonlyMap<string, string>,
  { secure, maxAgeSeconds }: { secure: boolean; maxAgeSeconds: number },
): string[] {
  const attributes = `Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`
  const surplus = [...present.keys()].slice(0, Math.max(0, present.size - COUNT_MAX + 1))
  return [
    `${browserCookieName(requestId, secure)}=${token}; Max-Age=${maxAgeSeconds}; ${attributes}`,
    ...surplus.map((id) => `${browserCookieName(id, secure)}=; Max-Age=0; ${attributes}`),
  ]
}
