import { createHash } from 'node:crypto'
import { algorithmOf, type KeyPair, signWith } from '../../testing/make-certificate'
import { bits, explicit, ia5, integer, octets, oid, sequence, tlv } from '../../testing/write-der'

export type OcspOptions = {
  /** Name and key of the certificate's issuer, as the answer has them. */
  issuer: { name: Buffer; keys: KeyPair }
  serial: bigint | number
  status: 'good' | 'unknown' | { revokedAt: Date; reason?: number }
  thisUpdate: Date
  nextUpdate?: Date | null
  nonce?: Buffer
  signer: KeyPair
  responder: Buffer
  certificates?: Buffer[]
  responseStatus?: number
}

/** A response as DER, of whatever responder, signed with whatever key is given. */
export function makeOcsp(options: OcspOptions): Buffer {
  const { issuer, status, thisUpdate, nextUpdate, nonce, signer, certificates = [] } = options
  const spki = issuer.keys.publicKey.export({ type: 'spki', format: 'der' })
  const id = sequence(
    sequence(oid('1.3.14.3.2.26'), tlv(0x05)),
    octets(sha1(issuer.name)),
    // An uncompressed point of P-256: the last 65 bytes are the key itself.
    octets(sha1(spki.subarray(-65))),
    integer(options.serial),
  )
  const single = sequence(
    id,
    statusOf(status),
    moment(thisUpdate),
    ...(nextUpdate ? [explicit(0, moment(nextUpdate))] : []),
  )
  const extension = nonce && sequence(sequence(oid('1.3.6.1.5.5.7.48.1.2'), octets(octets(nonce))))
  const signed = sequence(
    explicit(1, options.responder),
    moment(thisUpdate),
    sequence(single),
    ...(extension ? [explicit(1, extension)] : []),
  )
  const basic = sequence(
    signed,
    algorithmOf(signer, 'sha256', false),
    bits(signWith(signer, signed, 'sha256', false)),
    ...(certificates.length > 0 ? [explicit(0, sequence(...certificates))] : []),
  )
  const response = sequence(oid('1.3.6.1.5.5.7.48.1.1'), octets(basic))
  return sequence(tlv(0x0a, [options.responseStatus ?? 0]), explicit(0, response))
}

function statusOf(status: OcspOptions['status']): Buffer {
  if (status === 'good') return tlv(0x80)
  if (status === 'unknown') return tlv(0x82)
  const reason = status.reason === undefined ? [] : [explicit(0, tlv(0x0a, [status.reason]))]
  return explicit(1, moment(status.revokedAt), ...reason)
}

function moment(date: Date): Buffer {
  return ia5(date.toISOString().replace(/[-:T]|\.\d+/g, ''), 0x18)
}

function sha1(bytes: Buffer): Buffer {
  return createHash('sha1').update(bytes).digest()
}
