import { constants, type KeyObject, verify } from 'node:crypto'
import { BIT_STRING, countOf, type Der, DerError, Elements, INTEGER, oidOf } from '../der/der'
import { RevocationError } from './errors'

type Scheme = { type: 'rsa' | 'ec'; hash: string } | { type: 'ed25519' | 'ed448'; hash: null }

/** No MD5 and no SHA-1 (RFC 9155), as for certificates. */
const SCHEMES: Record<string, Scheme> = {
  '1.2.840.113549.1.1.11': { type: 'rsa', hash: 'sha256' },
  '1.2.840.113549.1.1.12': { type: 'rsa', hash: 'sha384' },
  '1.2.840.113549.1.1.13': { type: 'rsa', hash: 'sha512' },
  '1.2.840.10045.4.3.2': { type: 'ec', hash: 'sha256' },
  '1.2.840.10045.4.3.3': { type: 'ec', hash: 'sha384' },
  '1.2.840.10045.4.3.4': { type: 'ec', hash: 'sha512' },
  '1.3.101.112': { type: 'ed25519', hash: null },
  '1.3.101.113': { type: 'ed448', hash: null },
}
const PSS = '1.2.840.113549.1.1.10'
const HASHES: Record<string, string> = {
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
}

/** @throws RevocationError `weak-signature`, `wrong-signature`; DerError */
export function verifySignature(signed: Buffer, algorithm: Der, signature: Buffer, key: KeyObject): void {
  const fields = new Elements(algorithm)
  const oid = oidOf(fields.next())
  const [parameters] = fields.rest()
  if (!verifies(signed, signature, key, oid, parameters)) throw new RevocationError('wrong-signature')
}

/** The octets of a signature. @throws DerError */
export function signatureOf(value: Der): Buffer {
  if (value.tag !== BIT_STRING || value.content[0] !== 0) throw new DerError('malformed', 'a signature of odd bits')
  return value.content.subarray(1)
}

function verifies(signed: Buffer, signature: Buffer, key: KeyObject, oid: string, parameters?: Der): boolean {
  const type = key.asymmetricKeyType
  try {
    if (oid === PSS) {
      const { hash, saltLength } = readPss(parameters)
      if (type !== 'rsa' && type !== 'rsa-pss') return false
      return verify(hash, signed, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength }, signature)
    }
    const scheme = SCHEMES[oid]
    if (!scheme) throw new RevocationError('weak-signature')
    return scheme.type === type && verify(scheme.hash, signed, key, signature)
  } catch (error) {
    if (error instanceof RevocationError || error instanceof DerError) throw error
    return false // a signature that is none
  }
}

/** RFC 4055 §3.1: where hash or salt are absent, SHA-1 and its length are meant. */
function readPss(parameters: Der | undefined): { hash: string; saltLength: number } {
  if (!parameters) throw new RevocationError('weak-signature')
  const fields = new Elements(parameters)
  const named = fields.optional(0xa0)?.children[0]?.children[0]
  fields.optional(0xa1)
  const salt = fields.optional(0xa2)?.children[0]
  const hash = named && HASHES[oidOf(named)]
  if (!hash) throw new RevocationError('weak-signature')
  return { hash, saltLength: salt?.tag === INTEGER ? countOf(salt.content) : 20 }
}
