import { createHash } from 'node:crypto'
import { objectIdentifier, sequence, tagged } from '@/lib/core/encode-der'
import { BIT_STRING, Elements, readOnly, SEQUENCE } from '../der/der'
import type { Certificate } from '../parse-certificate'

export const NONCE = '1.3.6.1.5.5.7.48.1.2'
const SHA1 = '1.3.14.3.2.26'
const NULL = Uint8Array.of(0x05, 0x00)

/**
 * RFC 6960 §4.1.1 for one certificate. Its issuer is named by SHA-1, which every responder knows (RFC 5019 §2.1.1): it names a
 * key, and secures nothing.
 */
export function makeOcspRequest(certificate: Certificate, issuer: Certificate, nonce: Buffer): Buffer {
  const id = sequence(
    sequence(objectIdentifier(SHA1), NULL),
    tagged(0x04, hashOfName('sha1', issuer)),
    tagged(0x04, hashOfKey('sha1', issuer)),
    tagged(0x02, certificate.serial),
  )
  const extension = sequence(objectIdentifier(NONCE), tagged(0x04, tagged(0x04, nonce)))
  const signed = sequence(sequence(sequence(id)), tagged(0xa2, sequence(extension)))
  return Buffer.from(sequence(signed))
}

export function hashOfName(algorithm: string, { subject }: Certificate): Buffer {
  return createHash(algorithm).update(subject.raw).digest()
}

/** RFC 6960 §4.1.1: of the value of the BIT STRING, without tag, length and unused bits. */
export function hashOfKey(algorithm: string, { keyInfo }: Certificate): Buffer {
  const fields = new Elements(readOnly(keyInfo, { nodes: 0, signatures: 0 }))
  fields.next(SEQUENCE)
  return createHash(algorithm).update(fields.next(BIT_STRING).content.subarray(1)).digest()
}
