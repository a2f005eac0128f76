import { algorithmOf, type KeyPair, signWith, type TestExtension } from '../../testing/make-certificate'
import { bits, boolean, explicit, integer, octets, oid, sequence, time, tlv } from '../../testing/write-der'

export type CrlOptions = {
  issuer: Buffer
  signer: KeyPair
  thisUpdate: Date
  nextUpdate: Date | null
  revoked?: { serial: bigint | number; at?: Date; reason?: number; extensions?: TestExtension[] }[]
  extensions?: TestExtension[]
  hash?: 'sha1' | 'sha256'
}

/** A revocation list as DER, signed with whatever key is given. */
export function makeCrl(options: CrlOptions): Buffer {
  const { hash = 'sha256', revoked = [], extensions = [] } = options
  const algorithm = algorithmOf(options.signer, hash, false)
  const entries = revoked.map(({ serial, at = options.thisUpdate, reason, extensions: own = [] }) => {
    const all = reason === undefined ? own : [...own, { oid: '2.5.29.21', value: tlv(0x0a, [reason]) }]
    return sequence(integer(serial), time(at), ...(all.length > 0 ? [sequence(...all.map(write))] : []))
  })
  const signed = sequence(
    integer(1),
    algorithm,
    options.issuer,
    time(options.thisUpdate),
    ...(options.nextUpdate ? [time(options.nextUpdate)] : []),
    ...(entries.length > 0 ? [sequence(...entries)] : []),
    ...(extensions.length > 0 ? [explicit(0, sequence(...extensions.map(write)))] : []),
  )
  return sequence(signed, algorithm, bits(signWith(options.signer, signed, hash, false)))
}

function write({ oid: id, critical, value }: TestExtension): Buffer {
  return sequence(oid(id), ...(critical ? [boolean(true)] : []), octets(value))
}

/** RFC 5280 §5.2.5, from the parts that are given. */
export function issuingDistributionPoint(...parts: Buffer[]): TestExtension {
  return { oid: '2.5.29.28', critical: true, value: sequence(...parts) }
}
