const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * Reads the address that an application wants the person sent back to, or says what is wrong with it. Whether its host is
 * a registered one is for the caller. A query is allowed: `id` and `status` are added to it.
 */
export function parseReturnUrl(value: string): { ok: { url: string; host: string } } | { problem: string } {
  if (!URL.canParse(value)) return { problem: 'is not a whole URL' }
  const url = new URL(value)
  const loopback = LOOPBACK.has(url.hostname)
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && loopback)) return { problem: 'is not https' }
  if (value.includes('#')) return { problem: 'has a fragment' }
  if (url.username !== '' || url.password !== '') return { problem: 'holds a user name or password' }
  return { ok: { url: url.href, host: url.hostname } }
}
