const BASE = 'http://own.invalid'

/** The path to go on to after sign-in, or null when the value would lead anywhere but to our own pages. */
export function parseReturnTo(value: unknown): string | null {
  if (typeof value !== 'string' || value.length > 2000 || !/^\/(?![/\\])[\x21-\x7e]*$/.test(value)) return null
  try {
    const url = new URL(value, BASE)
    // Resolving dots can leave two slashes in front (`/.//evil.example`), which a browser reads as a host.
    return url.origin === BASE && !url.pathname.startsWith('//') ? url.pathname + url.search : null
  } catch {
    return null // not a URL at all
  }
}

export function withReturnTo(path: string, returnTo: string | null): string {
  return returnTo ? `${path}?return_to=${encodeURIComponent(returnTo)}` : path
}
