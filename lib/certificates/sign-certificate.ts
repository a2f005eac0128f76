import { createHash, type KeyObject, sign } from 'node:crypto'
import { AsnConvert, OctetString } from '@peculiar/asn1-schema'
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  CRLDistributionPoints,
  DistributionPoint,
  DistributionPointName,
  ExtendedKeyUsage,
  Extension,
  Extensions,
  GeneralName,
  id_ce_authorityKeyIdentifier,
  id_ce_basicConstraints,
  id_ce_cRLDistributionPoints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_subjectAltName,
  id_ce_subjectKeyIdentifier,
  KeyIdentifier,
  KeyUsage,
  type KeyUsageFlags,
  Name,
  RelativeDistinguishedName,
  SubjectAlternativeName,
  SubjectKeyIdentifier,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version,
} from '@peculiar/asn1-x509'
import { sha256 } from '@/lib/core/secrets'

export const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2'
const QC_STATEMENTS = '1.3.6.1.5.5.7.1.3'

/** Attributes of a subject, in the order in which they are printed. */
export const ATTRIBUTES = { C: '2.5.4.6', O: '2.5.4.10', organizationIdentifier: '2.5.4.97', CN: '2.5.4.3' } as const
export type Subject = Partial<Record<keyof typeof ATTRIBUTES, string>>

export type CertificateContent = {
  serial: Buffer
  subject: Subject
  /** SubjectPublicKeyInfo, DER. */
  spki: Buffer
  notBefore: Date
  notAfter: Date
  /** Null: not a CA, said so by a critical basicConstraints. */
  ca: { pathLength: number | null } | null
  keyUsage: KeyUsageFlags
  extendedKeyUsage?: string[]
  /** What a server answers for: DNS names and IP addresses. */
  alternativeNames?: { dns: string[]; ip: string[] }
  /** Where its revocation is published. */
  crlUrl?: string
  /** DER of QCStatements (RFC 3739 §3.2.6). */
  qcStatements?: Buffer
}

export type Signer = { subject: Subject; spki: Buffer; privateKey: KeyObject }

/** DER of a certificate, signed with ECDSA on P-256. RFC 5280 §4.1, §4.2. */
export function signCertificate(content: CertificateContent, signer: Signer): Buffer {
  const signature = new AlgorithmIdentifier({ algorithm: ECDSA_WITH_SHA256 })
  const tbsCertificate = new TBSCertificate({
    version: Version.v3,
    serialNumber: exact(content.serial),
    signature,
    issuer: toName(signer.subject),
    validity: new Validity({ notBefore: content.notBefore, notAfter: content.notAfter }),
    subject: toName(content.subject),
    subjectPublicKeyInfo: AsnConvert.parse(content.spki, SubjectPublicKeyInfo),
    extensions: new Extensions(extensionsOf(content, signer)),
  })
  const tbs = Buffer.from(AsnConvert.serialize(tbsCertificate))
  const signatureValue = exact(sign('sha256', tbs, signer.privateKey))
  const certificate = new Certificate({ tbsCertificate, signatureAlgorithm: signature, signatureValue })
  return Buffer.from(AsnConvert.serialize(certificate))
}

function extensionsOf(content: CertificateContent, signer: Signer): Extension[] {
  const { ca, keyUsage, extendedKeyUsage, alternativeNames, crlUrl, qcStatements } = content
  const pathLength = ca?.pathLength ?? undefined
  const constraints = new BasicConstraints({ cA: ca !== null, pathLenConstraint: pathLength })
  const authority = new AuthorityKeyIdentifier({ keyIdentifier: new KeyIdentifier(keyIdOf(signer.spki)) })
  const found = [
    extension(id_ce_basicConstraints, constraints, true),
    extension(id_ce_keyUsage, new KeyUsage(keyUsage), true),
    extension(id_ce_subjectKeyIdentifier, new SubjectKeyIdentifier(keyIdOf(content.spki))),
    extension(id_ce_authorityKeyIdentifier, authority),
  ]
  if (extendedKeyUsage) found.push(extension(id_ce_extKeyUsage, new ExtendedKeyUsage(extendedKeyUsage)))
  if (alternativeNames) {
    const names = [
      ...alternativeNames.dns.map((dNSName) => new GeneralName({ dNSName })),
      ...alternativeNames.ip.map((iPAddress) => new GeneralName({ iPAddress })),
    ]
    found.push(extension(id_ce_subjectAltName, new SubjectAlternativeName(names)))
  }
  if (crlUrl) {
    const fullName = [new GeneralName({ uniformResourceIdentifier: crlUrl })]
    const point = new DistributionPoint({ distributionPoint: new DistributionPointName({ fullName }) })
    found.push(extension(id_ce_cRLDistributionPoints, new CRLDistributionPoints([point])))
  }
  if (qcStatements) {
    found.push(new Extension({ extnID: QC_STATEMENTS, critical: false, extnValue: new OctetString(qcStatements) }))
  }
  return found
}

function extension(extnID: string, value: object, critical = false): Extension {
  return new Extension({ extnID, critical, extnValue: new OctetString(AsnConvert.serialize(value)) })
}

/** RFC 7093 §2, method 1: the leftmost 160 bits of the SHA-256 hash of the key. */
export function keyIdOf(spki: Buffer): ArrayBuffer {
  const { subjectPublicKey } = AsnConvert.parse(spki, SubjectPublicKeyInfo)
  return exact(createHash('sha256').update(new Uint8Array(subjectPublicKey)).digest().subarray(0, 20))
}

export function toName(subject: Subject): Name {
  const given = Object.entries(subject) as [keyof typeof ATTRIBUTES, string][]
  return new Name(
    given.map(([name, text]) => {
      // RFC 5280 appendix A: a country is a PrintableString.
      const value = new AttributeValue(name === 'C' ? { printableString: text } : { utf8String: text })
      return new RelativeDistinguishedName([new AttributeTypeAndValue({ type: ATTRIBUTES[name], value })])
    }),
  )
}

/** 128 random bits, positive, never zero: RFC 5280 §4.1.2.2. */
export function toSerial(random: Buffer): Buffer {
  const serial = Buffer.from(random)
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40
  return serial
}

/** The bytes alone, without the rest of the pool that a Buffer may lie in. */
function exact(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer
}

export function fingerprintOf(der: Buffer): string {
  return sha256(der).toString('hex')
}
