import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto'
import { id_kp_clientAuth, KeyUsageFlags } from '@peculiar/asn1-x509'
import { sha256, toHex } from '@/lib/core/secrets'
import { addDays } from '@/lib/core/time'
import { type Signer, type Subject, signCertificate, toSerial } from '../sign-certificate'
import { toPem } from '../to-pem'

type Authority = { der: Buffer; signer: Signer }
export type ClientChain = ReturnType<typeof makeClientChain>

const CA_USAGE = KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign

/** An empty name makes a certificate without any attribute in its subject. */
export function makeAuthority(name: string, now: Date, by?: Authority): Authority {
  const subject: Subject = name === '' ? {} : { O: 'Test', CN: name }
  const signer = newSigner(subject)
  const content = {
    serial: toSerial(randomBytes(16)),
    subject,
    spki: signer.spki,
    notBefore: addDays(now, -1),
    notAfter: addDays(now, 3650),
    ca: { pathLength: null },
    keyUsage: CA_USAGE,
  }
  return { der: signCertificate(content, by?.signer ?? signer), signer }
}

/** Root, intermediate and a leaf for TLS clients, with the leaf's key. */
export function makeClientChain(
  options: {
    root?: Authority
    notBefore?: Date
    notAfter?: Date
    usage?: string[]
    now?: Date
    crlUrl?: string
    name?: string
    /** Whose names have no attribute. */
    nameless?: 'subject' | 'issuer' | 'both'
    /** PEM: a new certificate for a key that is there. */
    key?: string
  } = {},
) {
  const now = options.now ?? new Date()
  const root = options.root ?? makeAuthority(`Root ${randomBytes(3).toString('hex')}`, now)
  const { nameless } = options
  const isNamed = nameless === undefined || nameless === 'subject'
  const intermediate = makeAuthority(isNamed ? `Intermediate ${randomBytes(3).toString('hex')}` : '', now, root)
  const subject: Subject =
    nameless === 'subject' || nameless === 'both'
      ? {}
      : { O: 'Test', CN: options.name ?? `client ${randomBytes(3).toString('hex')}` }
  const own = newSigner(subject, options.key)
  const leaf = signCertificate(
    {
      serial: toSerial(randomBytes(16)),
      subject,
      spki: own.spki,
      notBefore: options.notBefore ?? addDays(now, -1),
      notAfter: options.notAfter ?? addDays(now, 90),
      ca: null,
      keyUsage: KeyUsageFlags.digitalSignature,
      extendedKeyUsage: options.usage ?? [id_kp_clientAuth],
      crlUrl: options.crlUrl,
    },
    intermediate.signer,
  )
  return {
    root,
    intermediate,
    leaf,
    sha256: toHex(sha256(leaf)),
    key: own.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    leafPem: toPem([leaf]),
    /** What a client sends: leaf and intermediate. */
    cert: toPem([leaf, intermediate.der]),
    /** What is submitted. */
    pem: toPem([leaf, intermediate.der, root.der]),
  }
}

function newSigner(subject: Subject, pem?: string): Signer {
  const privateKey = pem ? createPrivateKey(pem) : generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  const publicKey = createPublicKey(privateKey)
  return { subject, spki: publicKey.export({ format: 'der', type: 'spki' }), privateKey }
}
