import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { bitString, integer, objectIdentifier, sequence, tagged } from '@/lib/core/encode-der'

const OIDS = { ecdsa: '1.2.840.10045.4.3.2', rsa: '1.2.840.113549.1.1.11', ed25519: '1.3.101.112' } as const

type Keys = { publicKey: KeyObject; privateKey: KeyObject }

/** A certificate request as the browser makes one, with an empty name. `signedBy`: another key, for a proof that fails. */
export function makeCsr(keys: Keys = ecKeys(), signedBy: KeyObject = keys.privateKey): string {
  const kind = signedBy.asymmetricKeyType
  const spki = keys.publicKey.export({ format: 'der', type: 'spki' })
  const info = sequence(integer(0), sequence(), spki, tagged(0xa0, new Uint8Array()))
  const oid = objectIdentifier(kind === 'rsa' ? OIDS.rsa : kind === 'ed25519' ? OIDS.ed25519 : OIDS.ecdsa)
  const signature = sign(kind === 'ed25519' ? null : 'sha256', info, signedBy)
  const der = sequence(info, sequence(oid), bitString(signature))
  const lines = Buffer.from(der)
    .toString('base64')
    .replace(/.{64}(?=.)/g, '$&\n')
  return `-----BEGIN CERTIFICATE REQUEST-----\n${lines}\n-----END CERTIFICATE REQUEST-----\n`
}

export function ecKeys(namedCurve = 'P-256'): Keys {
  return generateKeyPairSync('ec', { namedCurve })
}
