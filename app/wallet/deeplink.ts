/** What the address of a deeplink looks like: origin, `/wallet/d`, and the import token in the fragment. */
const TOKEN = /^[A-Za-z0-9_-]{20,512}$/

/** The import token of a scanned or pasted deeplink into this wallet; null for anything else. */
export function parseDeeplink(text: string, origins: readonly string[]): string | null {
  const trimmed = text.trim()
  if (trimmed.length > 2048 || !URL.canParse(trimmed)) return null
  const url = new URL(trimmed)
  if (!origins.includes(url.origin) || url.pathname !== '/wallet/d' || url.search !== '') return null
  return parseToken(url.hash)
}

/** The import token of a fragment, with or without its `#`. Its worth is for the server to judge. */
export function parseToken(fragment: string): string | null {
  const token = fragment.replace(/^#/, '')
  return TOKEN.test(token) ? token : null
}
