import { bitString, integer, objectIdentifier, sequence, tagged, unsignedInteger } from '@/lib/core/encode-der'

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' } as const
const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2'

/** A key pair on P-256 inside WebCrypto: its private half takes the form of bytes only where a download is made of it. */
export function newKeyPair(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
}

/** A certificate request without a name (PKCS #10, RFC 2986 §4.2): the sandbox CA decides what the certificate says. */
export async function makeCsr(keys: CryptoKeyPair): Promise<string> {
  const spki = new Uint8Array(await crypto.subtle.exportKey('spki', keys.publicKey))
  const info = sequence(integer(0), sequence(), spki, tagged(0xa0, new Uint8Array()))
  const raw = new Uint8Array(await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, keys.privateKey, info))
  // WebCrypto gives r and s side by side; X.509 wants them as a sequence (RFC 3279 §2.2.3).
  const half = raw.length / 2
  const signature = sequence(unsignedInteger(raw.subarray(0, half)), unsignedInteger(raw.subarray(half)))
  return toPem(
    'CERTIFICATE REQUEST',
    sequence(info, sequence(objectIdentifier(ECDSA_WITH_SHA256)), bitString(signature)),
  )
}

/** PKCS #8, as PEM. */
export async function exportPrivateKey(keys: CryptoKeyPair): Promise<string> {
  return toPem('PRIVATE KEY', new Uint8Array(await crypto.subtle.exportKey('pkcs8', keys.privateKey)))
}

function toPem(label: string, bytes: Uint8Array): string {
  const base64 = btoa(String.fromCharCode(...bytes)).replace(/.{64}(?=.)/g, '$&\n')
  return `-----BEGIN ${label}-----\n${base64}\n-----END ${label}-----\n`
}
