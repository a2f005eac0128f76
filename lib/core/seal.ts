import { createCipheriv, createDecipheriv, createHmac, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto'
import { drawBytes } from './random'
import { equalBytes, sha256 } from './secrets'

/**
 * Sealed values (AES-256-GCM) and MACs (HMAC-SHA-256) under keys derived by HKDF, one label per purpose. Both carry the id
 * of their key, so that `SECRET_KEY` can be rotated: the first key seals and signs, all of them open and verify.
 */
export type KeyRing = readonly { id: string; key: Buffer }[]

/** Every purpose for which a key is derived. A label is never reused for another. */
export type SealPurpose =
  | 'audit-mac'
  | 'connection-code'
  | 'deeplink'
  | 'demo-password'
  | 'mail'
  | 'mail-token'
  | 'sms'
  | 'one-time-code'
  | 'recovery-code'
  | 'refresh-successor'
  | 'totp-secret'
  | 'vapid-key'
  | 'result-token'
  | 'sandbox-ca'
  | 'oauth-signing-key'
  | 'cookie'
  | 'next-auth'

/** @throws Error naming what is wrong with the value of SECRET_KEY, never the value itself. */
export function parseKeyRing(value: string): KeyRing {
  const ring = value.split(',').map((part, index) => {
    const key = Buffer.from(part.trim(), 'base64')
    if (key.length !== 32) throw new Error(`key ${index + 1} is ${key.length} bytes after base64, not 32`)
    return { id: sha256(key).subarray(0, 4).toString('hex'), key }
  })
  return ring
}

// Keys go into node:crypto as its own objects: that given bytes are none it finds out by an exception, which costs more than
// the cipher.
function derive(key: Uint8Array, purpose: SealPurpose): KeyObject {
  const derived = hkdfSync('sha256', createSecretKey(key), new Uint8Array(0), `countersign/${purpose}`, 32)
  return createSecretKey(new Uint8Array(derived))
}

function encrypt(key: KeyObject, plaintext: string, context: string): Buffer {
  const iv = drawBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, iv)
  cipher.setAAD(Buffer.from(context))
  const body = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()])
  return Buffer.concat([iv, cipher.getAuthTag(), body])
}

function decrypt(key: KeyObject, sealed: Uint8Array, context: string): string | null {
  if (sealed.length < 28) return null
  const bytes = Buffer.from(sealed)
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12))
  decipher.setAAD(Buffer.from(context))
  decipher.setAuthTag(bytes.subarray(12, 28))
  try {
    return decipher.update(bytes.subarray(28), undefined, 'utf8') + decipher.final('utf8')
  } catch {
    return null // the tag does not fit: not sealed by this key, or not for this context
  }
}

/** `context` (for example the row's id) is authenticated with the value: a sealed value moved to another row does not open. */
export function seal(ring: KeyRing, purpose: SealPurpose, plaintext: string, context: string): Buffer {
  const first = ring[0]
  if (!first) throw new Error('empty key ring')
  return Buffer.concat([Buffer.from(first.id, 'hex'), encrypt(derive(first.key, purpose), plaintext, context)])
}

/** Null when no key of the ring fits, or the value or its context was changed. */
export function open(ring: KeyRing, purpose: SealPurpose, sealed: Uint8Array, context: string): string | null {
  const id = Buffer.from(sealed.subarray(0, 4)).toString('hex')
  const entry = ring.find((candidate) => candidate.id === id)
  return entry ? decrypt(derive(entry.key, purpose), sealed.subarray(4), context) : null
}

/** Sealed under a secret that the other side holds and we do not: only who presents `secret` again can open it. */
export function sealUnder(secret: string, purpose: SealPurpose, plaintext: string, context: string): Buffer {
  return encrypt(derive(Buffer.from(secret), purpose), plaintext, context)
}

export function openUnder(secret: string, purpose: SealPurpose, sealed: Uint8Array, context: string): string | null {
  return decrypt(derive(Buffer.from(secret), purpose), sealed, context)
}

export function mac(ring: KeyRing, purpose: SealPurpose, value: string): { keyId: string; mac: Buffer } {
  const first = ring[0]
  if (!first) throw new Error('empty key ring')
  return { keyId: first.id, mac: createHmac('sha256', derive(first.key, purpose)).update(value).digest() }
}

export function macFits(
  ring: KeyRing,
  purpose: SealPurpose,
  value: string,
  keyId: string,
  expected: Uint8Array,
): boolean {
  const entry = ring.find((candidate) => candidate.id === keyId)
  return (
    entry !== undefined && equalBytes(createHmac('sha256', derive(entry.key, purpose)).update(value).digest(), expected)
  )
}
