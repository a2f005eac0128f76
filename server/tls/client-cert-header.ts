const PEM = /^-----BEGIN CERTIFICATE-----\s([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----\s*$/

/**
 * DER of a proxy's `Client-Cert`: RFC 9440 §2.2 (a structured field's byte sequence, `:base64:`), as HAProxy can write it, or
 * the URL-encoded PEM of nginx's `$ssl_client_escaped_cert`. Null for anything else, two values in one header included.
 */
export function readClientCertHeader(value: string): Buffer | null {
  const sequence = /^:([A-Za-z0-9+/]+={0,2}):$/.exec(value)?.[1]
  if (sequence !== undefined) return fromBase64(sequence)
  const pem = decode(value)
  const body = pem && PEM.exec(pem)?.[1]
  return body ? fromBase64(body.replace(/\s/g, '')) : null
}

/** `Buffer.from` takes what is not base64 in silence: what it read must be what was written. */
function fromBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64')
  return bytes.length > 0 && bytes.toString('base64') === text ? bytes : null
}

function decode(value: string): string | null {
  try {
    return decodeURIComponent(value)
  } catch {
    return null
  }
}
