import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import { csrUnreadable } from './errors'

/** Far more than a request with an RSA-8192 key needs. */
const CSR_LIMIT = 16 * 1024

// The signature algorithms that we verify, with the hash of each (RFC 5758, RFC 4055, RFC 8410).
const HASHES: Record<string, string | null> = {
  '2a8648ce3d040302': 'sha256', // ecdsa-with-SHA256
  '2a8648ce3d040303': 'sha384',
  '2a8648ce3d040304': 'sha512',
  '2a864886f70d01010b': 'sha256', // sha256WithRSAEncryption
  '2a864886f70d01010c': 'sha384',
  '2a864886f70d01010d': 'sha512',
  '2b6570': null, // Ed25519
}
const CURVES = ['prime256v1', 'secp384r1', 'secp521r1']

/**
 * The public key of a certificate request (PKCS #10, RFC 2986), once its signature has proved that the asker holds the
 * private one. Name and extensions that it asks for are not looked at: the CA decides them.
 * @throws DomainError `csr-unreadable`
 */
export function readCsr(pem: string): Buffer {
  const der = decodePem(pem)
  const { children } = value(der, 0x30)
  const [info, algorithm, signature] = children
  if (!info || !algorithm || !signature || children.length !== 3)
    throw csrUnreadable('It is not a certificate request.')
  const [version, , spki] = value(info, 0x30).children
  if (!version?.equals(Buffer.from('020100', 'hex')) || !spki) throw csrUnreadable('It is not a certificate request.')
  const key = readKey(spki)
  const oid = value(algorithm, 0x30).children[0]
  const hash = HASHES[oid ? value(oid, 0x06).content.toString('hex') : '']
  if (hash === undefined) throw csrUnreadable('Sign it with SHA-256, SHA-384, SHA-512 or Ed25519.')
  const bits = value(signature, 0x03).content
  if (bits[0] !== 0 || !isSigned(hash, info, key, bits.subarray(1))) {
    throw csrUnreadable('Its signature is not by its own key.')
  }
  return Buffer.from(spki)
}

function decodePem(pem: string): Buffer {
  const match = /^\s*-----BEGIN CERTIFICATE REQUEST-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE REQUEST-----\s*$/.exec(
    pem.length > CSR_LIMIT ? '' : pem,
  )
  if (!match) throw csrUnreadable('Give one block BEGIN CERTIFICATE REQUEST.')
  return Buffer.from(match[1] as string, 'base64')
}

function readKey(spki: Buffer): KeyObject {
  let key: KeyObject
  try {
    key = createPublicKey({ key: spki, format: 'der', type: 'spki' })
  } catch (cause) {
    throw csrUnreadable('Its key cannot be read.', cause)
  }
  const { namedCurve = '', modulusLength = 0 } = key.asymmetricKeyDetails ?? {}
  const kind = key.asymmetricKeyType
  const allowed =
    kind === 'ed25519' ||
    (kind === 'ec' && CURVES.includes(namedCurve)) ||
    (kind === 'rsa' && modulusLength >= 2048 && modulusLength <= 8192)
  if (!allowed) throw csrUnreadable('Use a key on P-256, P-384 or P-521, Ed25519, or RSA with 2048 bits or more.')
  return key
}

function isSigned(hash: string | null, data: Buffer, key: KeyObject, signature: Buffer): boolean {
  try {
    return verify(hash, data, key, signature)
  } catch {
    return false // an algorithm that does not go with the key
  }
}

type Value = { content: Buffer; children: Buffer[] }

/** One DER value that fills `der` to its end, with the values directly within it where it is constructed. */
function value(der: Buffer, tag: number): Value {
  const { content, end } = read(der, 0)
  if (der[0] !== tag || end !== der.length) throw csrUnreadable('It is not a certificate request.')
  const children: Buffer[] = []
  if (tag === 0x30) {
    for (let at = 0; at < content.length; ) {
      const child = read(content, at)
      children.push(content.subarray(at, child.end))
      at = child.end
    }
  }
  return { content, children }
}

/** Definite lengths of up to two bytes: nothing here is longer than 64 KiB. */
function read(bytes: Buffer, at: number): { content: Buffer; end: number } {
  const first = bytes[at + 1] ?? 0
  const extra = first < 0x80 ? 0 : first - 0x80
  if (first === 0x80 || extra > 2 || at + 2 + extra > bytes.length) throw csrUnreadable('It is not DER.')
  const length = extra === 0 ? first : bytes.readUIntBE(at + 2, extra)
  const start = at + 2 + extra
  if (start + length > bytes.length) throw csrUnreadable('It ends too early.')
  return { content: bytes.subarray(start, start + length), end: start + length }
}
