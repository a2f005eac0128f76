import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto'
import { id_kp_clientAuth, KeyUsageFlags } from '@peculiar/asn1-x509'
import { addDays } from '@/lib/core/time'
import { type Signer, type Subject, signCertificate, toSerial } from '../sign-certificate'
import { toPem } from '../to-pem'

const CA = { pathLength: null }

export type Authority = { root: Buffer; signer: Signer }

/** A CA of a test's own: a root that signs leaves without an intermediate. */
export function anAuthority(now: Date, name = 'Northern Trust Services'): Authority {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const spki = publicKey.export({ format: 'der', type: 'spki' })
  const signer = { subject: { O: name, CN: `Root ${randomBytes(4).toString('hex')}` }, spki, privateKey }
  const dates = { notBefore: addDays(now, -30), notAfter: addDays(now, 3000) }
  const keyUsage = KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign
  return { signer, root: signCertificate({ ...signer, ...dates, keyUsage, ca: CA, serial: newSerial() }, signer) }
}

/** PEM of leaf and root. Another certificate for the same key: give the key. */
export function issueChain(
  { root, signer }: Authority,
  now: Date,
  options: { days?: number; key?: KeyObject; subject?: Subject } = {},
): string {
  const key = options.key ?? generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey
  const leaf = signCertificate(
    {
      serial: newSerial(),
      subject: options.subject ?? { O: 'Lantern Books Srl', CN: 'api client' },
      spki: key.export({ format: 'der', type: 'spki' }),
      notBefore: addDays(now, -1),
      notAfter: addDays(now, options.days ?? 90),
      ca: null,
      keyUsage: KeyUsageFlags.digitalSignature,
      extendedKeyUsage: [id_kp_clientAuth],
    },
    signer,
  )
  return toPem([leaf, root])
}

function newSerial(): Buffer {
  return toSerial(randomBytes(16))
}
