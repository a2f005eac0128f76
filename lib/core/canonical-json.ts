import canonicalize from 'canonicalize'

/** RFC 8785: one byte sequence for one value, so that a hash over it means something. */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value)
  if (text === undefined) throw new Error('not a JSON value')
  return text
}
