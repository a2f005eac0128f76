import { createPublicKey, type JsonWebKeyInput, type KeyObject } from 'node:crypto'
import { calculateJwkThumbprint, type JWK } from 'jose'
import { findKeyMaterial } from '@/lib/core/private-key'
import { PRIVATE_MEMBERS } from '@/lib/core/private-members'
import { privateKeyPresented, publicKeyInvalid } from './errors'
import { KID, PUBLIC_KEY_LIMIT, PUBLIC_KEY_MAX_BYTES, type PublicKeyAlgorithm } from './public-key-schema'

export type ReadPublicKey = {
  /** Null where the text gives none. */
  kid: string | null
  algorithm: PublicKeyAlgorithm
  /** Its public members, and nothing else of what was submitted. */
  jwk: Record<string, unknown>
  thumbprint: string
}

const MIN_RSA_BITS = 2048
/** A verification costs in proportion to its square; nobody needs more. */
const MAX_RSA_BITS = 8192
const MAX_EXPONENT_BITS = 64n

const PEM_BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g
const PEM_LABELS = ['PUBLIC KEY', 'RSA PUBLIC KEY', 'CERTIFICATE']

/**
 * The keys of a JWK, a JWK Set (those of it that are for signatures) or one PEM block: a public key, or a certificate for the
 * sake of its key. A private key stops everything, wherever in the text it is (ADR-0092).
 * @throws DomainError `private-key`, `public-key-invalid`
 */
export async function readPublicKeys(bytes: Uint8Array): Promise<ReadPublicKey[]> {
  if (findKeyMaterial(bytes) !== null) throw privateKeyPresented()
  if (bytes.length > PUBLIC_KEY_MAX_BYTES) throw publicKeyInvalid('This is too large. Submit the keys, nothing else.')
  const text = decode(bytes).trim()
  if (text === '') throw publicKeyInvalid('Paste a public key, or choose a file.')
  if (text.startsWith('{')) return readJson(text)
  if (text.includes('-----BEGIN')) return [await describe(readPem(text), {})]
  throw publicKeyInvalid('This is neither JSON nor PEM. A PEM key begins with -----BEGIN PUBLIC KEY-----.')
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw publicKeyInvalid('This is not text. Submit the key as PEM or as JSON.')
  }
}

async function readJson(text: string): Promise<ReadPublicKey[]> {
  const parsed = parse(text)
  const given = parsed.keys === undefined ? [parsed] : parsed.keys
  if (!Array.isArray(given) || !given.every(isObject)) throw publicKeyInvalid('“keys” is not a list of keys.')
  // A key that encrypts as well as one that signs: private members of either have leaked.
  if (given.some(holdsPrivateMember)) throw privateKeyPresented()
  const signing = given.filter(({ use }) => use === undefined || use === 'sig')
  if (signing.length === 0) throw publicKeyInvalid('No key in it is for signatures.')
  if (signing.length > PUBLIC_KEY_LIMIT) throw publicKeyInvalid(`These are more than ${PUBLIC_KEY_LIMIT} keys.`)
  return Promise.all(signing.map((jwk) => describe(importJwk(jwk), jwk)))
}

function parse(text: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text)
    if (isObject(parsed)) return parsed
  } catch {
    // told below
  }
  throw publicKeyInvalid('This is not JSON that can be read.')
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function holdsPrivateMember(jwk: Record<string, unknown>): boolean {
  return jwk.kty === 'oct' || PRIVATE_MEMBERS.some((member) => jwk[member] !== undefined)
}

function importJwk(jwk: Record<string, unknown>): KeyObject {
  const { key_ops: operations } = jwk
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify'))) {
    throw publicKeyInvalid('“key_ops” does not hold “verify”.')
  }
  try {
    // Checks that a point is on its curve.
    return createPublicKey({ key: jwk, format: 'jwk' } as JsonWebKeyInput)
  } catch {
    throw publicKeyInvalid('A key in it is not whole, or of a kind that is not known.')
  }
}

function readPem(text: string): KeyObject {
  const blocks = [...text.matchAll(PEM_BLOCK)]
  const [block] = blocks
  if (!block) throw publicKeyInvalid('The PEM block has no end.')
  if (blocks.length > 1) throw publicKeyInvalid('Submit one PEM block. Several keys at once go in a JWK Set.')
  if (!PEM_LABELS.includes(block[1] ?? '')) {
    throw publicKeyInvalid('This PEM block is not a public key. Expected -----BEGIN PUBLIC KEY-----.')
  }
  try {
    return createPublicKey(block[0])
  } catch {
    throw publicKeyInvalid('The PEM block cannot be read.')
  }
}

async function describe(key: KeyObject, given: Record<string, unknown>): Promise<ReadPublicKey> {
  const algorithm = algorithmOf(key)
  requireSameAlgorithm(algorithm, given.alg)
  const { kid = null } = given
  if (kid !== null && !(typeof kid === 'string' && KID.test(kid))) {
    throw publicKeyInvalid('A “kid” has 1 to 128 letters, digits and signs, without spaces.')
  }
  const jwk = key.export({ format: 'jwk' })
  return { kid, algorithm, jwk: { ...jwk }, thumbprint: await calculateJwkThumbprint(jwk as JWK, 'sha256') }
}

/** FAPI 2.0 Security Profile §5.4.1: one algorithm for each kind of key. */
function algorithmOf(key: KeyObject): PublicKeyAlgorithm {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details = {} } = key
  switch (type) {
    case 'rsa': {
      const { modulusLength: bits = 0, publicExponent: exponent = 0n } = details
      if (bits < MIN_RSA_BITS || bits > MAX_RSA_BITS) {
        throw publicKeyInvalid(`An RSA key has ${MIN_RSA_BITS} to ${MAX_RSA_BITS} bits; this one has ${bits}.`)
      }
      if (exponent < 3n || exponent % 2n === 0n || exponent >> MAX_EXPONENT_BITS > 0n) {
        throw publicKeyInvalid('This RSA key has an unsafe exponent. Make one with 65537.')
      }
      return 'PS256'
    }
    case 'ec':
      if (details.namedCurve === 'prime256v1') return 'ES256'
      throw publicKeyInvalid('The curve of an EC key has to be P-256.')
    case 'ed25519':
      return 'EdDSA'
    case 'rsa-pss':
      throw publicKeyInvalid('This key is marked as RSA-PSS. Make a plain RSA key: it signs with PS256 as well.')
    default:
      throw publicKeyInvalid('Make an RSA, P-256 or Ed25519 key.')
  }
}

/** A key that says what it signs with would be refused at its first use. */
function requireSameAlgorithm(algorithm: PublicKeyAlgorithm, named: unknown): void {
  if (named === undefined || named === algorithm) return
  if (algorithm === 'EdDSA' && named === 'Ed25519') return // RFC 9864: the same by its newer name
  throw publicKeyInvalid(`Its “alg” is not ${algorithm}, which assertions of this kind of key are signed with here.`)
}
