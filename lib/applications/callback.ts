/** Most callbacks that one application can hold in one environment. */
export const CALLBACK_LIMIT = 20
const LENGTH = 2000
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

export type ParsedCallback = { url: string; host: string }

/**
 * Checks a callback as the institution registers it, and says in a sentence what is wrong with it. Kept as it was typed:
 * callbacks are later compared character by character (RFC 6749 §3.1.2.3, RFC 9700 §4.1.3).
 */
export function parseCallback(value: string): { ok: ParsedCallback } | { problem: string } {
  if (value.length > LENGTH) return { problem: `Use ${LENGTH} characters or fewer.` }
  if (!URL.canParse(value)) return { problem: 'Enter a whole URL, for example https://shop.example/callback.' }
  const url = new URL(value)
  const loopback = LOOPBACK.has(url.hostname)
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && loopback)) {
    return { problem: 'Use https. Plain http is for localhost alone.' }
  }
  // RFC 6749 §3.1.2: the endpoint URI MUST NOT include a fragment component.
  if (value.includes('#')) return { problem: 'Leave out the fragment (#…).' }
  if (value.includes('?')) return { problem: 'Leave out the query (?…).' }
  if (url.username !== '' || url.password !== '' || value.includes('@')) {
    return { problem: 'Leave out user name and password.' }
  }
  // Anything that a parser would rewrite (dots, capitals, default ports, spaces) is a second spelling of the same address.
  if (url.href !== value && url.href !== `${value}/`) return { problem: `Write it as ${url.href}` }
  return { ok: { url: value, host: url.hostname } }
}
