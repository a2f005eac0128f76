import { createHash, type KeyObject, X509Certificate } from 'node:crypto'
import {
  BIT_STRING,
  BOOLEAN,
  booleanOf,
  countOf,
  type Der,
  DerError,
  Elements,
  INTEGER,
  listOf,
  OCTET_STRING,
  OID,
  oidOf,
  readFirst,
  readOnly,
  SEQUENCE,
  type Work,
} from './der/der'
import { readTime } from './der/time'
import { type GeneralName, readGeneralName } from './general-name'
import { type Name, readName } from './name'

/**
 * A certificate as the rules see it. An extension that is absent is null; one that is there but malformed is null as well,
 * grants nothing, and is named in `malformed`.
 */
export type Certificate = {
  index: number
  lines: [number, number] | null
  /** `Certificate 2 of 3`: how findings begin. */
  label: string
  der: Buffer
  sha256: string
  version: number
  serial: Buffer
  issuer: Name
  subject: Name
  notBefore: Date
  notAfter: Date
  /** The subjectPublicKeyInfo as it stands. */
  keyInfo: Buffer
  keyAlgorithm: string
  curve: string | null
  /** Null where the runtime cannot read the key; rules about keys say why. */
  key: KeyObject | null
  x509: X509Certificate
  signature: { algorithm: string; parameters: Buffer | null; agrees: boolean }
  extensions: Extension[]
  malformed: { oid: string; detail: string }[]
  basicConstraints: { isCa: boolean; pathLength: number | null } | null
  keyUsage: ReadonlySet<KeyUsage> | null
  extendedKeyUsage: string[] | null
  alternativeNames: GeneralName[] | null
  nameConstraints: { permitted: GeneralName[]; excluded: GeneralName[] } | null
  subjectKeyId: Buffer | null
  authorityKeyId: AuthorityKeyId | null
}

export type Extension = { oid: string; critical: boolean; value: Buffer }
export type AuthorityKeyId = { keyId: Buffer | null; issuer: Name | null; serial: Buffer | null }

export const KEY_USAGES = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
] as const
export type KeyUsage = (typeof KEY_USAGES)[number]

export const EXTENSION = {
  subjectKeyId: '2.5.29.14',
  keyUsage: '2.5.29.15',
  alternativeNames: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  nameConstraints: '2.5.29.30',
  crlDistributionPoints: '2.5.29.31',
  certificatePolicies: '2.5.29.32',
  authorityKeyId: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  authorityInfoAccess: '1.3.6.1.5.5.7.1.1',
  qcStatements: '1.3.6.1.5.5.7.1.3',
} as const

type Place = Pick<Certificate, 'index' | 'lines' | 'label'>

/**
 * RFC 5280 §4.1, strictly. `der` is exactly one value (see `readFirst`).
 * @throws DerError where it is no certificate; extensions alone do not throw.
 */
export function parseCertificate(der: Buffer, place: Place, work: Work): Certificate {
  const outer = new Elements(readFirst(der, work))
  const signed = outer.next(SEQUENCE)
  const algorithm = outer.next(SEQUENCE)
  outer.next(BIT_STRING)
  outer.end()

  const fields = new Elements(signed)
  const version = readVersion(fields.optional(0xa0))
  const serial = fields.next(INTEGER).content
  const inner = fields.next(SEQUENCE)
  const issuer = readName(fields.next())
  const validity = new Elements(fields.next())
  const notBefore = readTime(validity.next())
  const notAfter = readTime(validity.next())
  validity.end()
  const subject = readName(fields.next())
  const keyInfo = fields.next(SEQUENCE)
  fields.optional(0x81)
  fields.optional(0x82)
  const extensions = readExtensions(fields.optional(0xa3))
  fields.end()

  const x509 = toX509(der)
  return {
    ...place,
    der,
    sha256: createHash('sha256').update(der).digest('hex'),
    version,
    serial,
    issuer,
    subject,
    notBefore,
    notAfter,
    keyInfo: keyInfo.raw,
    ...readKeyAlgorithm(keyInfo),
    key: toKey(x509),
    x509,
    signature: { ...readAlgorithm(inner), agrees: inner.raw.equals(algorithm.raw) },
    extensions,
    ...readKnownExtensions(extensions, work),
  }
}

function readVersion(value: Der | null): number {
  if (!value) return 1
  const fields = new Elements(value, 0xa0)
  const version = countOf(fields.next(INTEGER).content) + 1
  fields.end()
  return version
}

function readAlgorithm(value: Der): { algorithm: string; parameters: Buffer | null } {
  const fields = new Elements(value)
  const algorithm = oidOf(fields.next())
  const [parameters] = fields.rest()
  return { algorithm, parameters: parameters?.raw ?? null }
}

function readKeyAlgorithm(keyInfo: Der): { keyAlgorithm: string; curve: string | null } {
  const fields = new Elements(keyInfo)
  const algorithm = new Elements(fields.next())
  fields.next(BIT_STRING)
  fields.end()
  const keyAlgorithm = oidOf(algorithm.next())
  const [parameters] = algorithm.rest()
  return { keyAlgorithm, curve: parameters?.tag === OID ? oidOf(parameters) : null }
}

function readExtensions(value: Der | null): Extension[] {
  if (!value) return []
  const wrapper = new Elements(value, 0xa3)
  const list = wrapper.next(SEQUENCE)
  wrapper.end()
  return listOf(list).map((extension) => {
    const fields = new Elements(extension)
    const oid = oidOf(fields.next())
    const critical = fields.optional(BOOLEAN)
    const content = fields.next(OCTET_STRING).content
    fields.end()
    return { oid, critical: critical !== null && booleanOf(critical), value: content }
  })
}

/** The runtime's parser must agree that this is a certificate: it is what verifies signatures. */
function toX509(der: Buffer): X509Certificate {
  try {
    const x509 = new X509Certificate(der)
    if (!x509.raw.equals(der)) throw new DerError('malformed', 'OpenSSL reads other bytes')
    return x509
  } catch (cause) {
    if (cause instanceof DerError) throw cause
    throw Object.assign(new DerError('malformed', 'OpenSSL cannot read it'), { cause })
  }
}

function toKey(x509: X509Certificate): KeyObject | null {
  try {
    return x509.publicKey
  } catch {
    return null // an unknown algorithm or curve: a finding of the rule about keys
  }
}

type Known = Pick<
  Certificate,
  | 'malformed'
  | 'basicConstraints'
  | 'keyUsage'
  | 'extendedKeyUsage'
  | 'alternativeNames'
  | 'nameConstraints'
  | 'subjectKeyId'
  | 'authorityKeyId'
>

function readKnownExtensions(extensions: Extension[], work: Work): Known {
  const malformed: Known['malformed'] = []

  // Of an extension that stands twice the first is read: the pair is refused by a rule of its own.
  function read<T>(oid: string, reader: (value: Der) => T): T | null {
    const extension = extensions.find((candidate) => candidate.oid === oid)
    if (!extension) return null
    try {
      return reader(readOnly(extension.value, work))
    } catch (error) {
      if (!(error instanceof DerError) || error.problem === 'too-complex') throw error
      malformed.push({ oid, detail: error.message })
      return null
    }
  }

  return {
    basicConstraints: read(EXTENSION.basicConstraints, readBasicConstraints),
    keyUsage: read(EXTENSION.keyUsage, readKeyUsage),
    extendedKeyUsage: read(EXTENSION.extendedKeyUsage, (value) => listOf(value).map(oidOf)),
    alternativeNames: read(EXTENSION.alternativeNames, (value) => listOf(value).map(readGeneralName)),
    nameConstraints: read(EXTENSION.nameConstraints, readNameConstraints),
    subjectKeyId: read(EXTENSION.subjectKeyId, readOctets),
    authorityKeyId: read(EXTENSION.authorityKeyId, readAuthorityKeyId),
    malformed,
  }
}

// RFC 5280 §4.2.1.9
function readBasicConstraints(value: Der): { isCa: boolean; pathLength: number | null } {
  const fields = new Elements(value)
  const isCa = fields.optional(BOOLEAN)
  const pathLength = fields.optional(INTEGER)
  fields.end()
  return {
    isCa: isCa !== null && booleanOf(isCa),
    pathLength: pathLength && countOf(pathLength.content),
  }
}

// RFC 5280 §4.2.1.3: at least one of the bits MUST be set.
function readKeyUsage(value: Der): ReadonlySet<KeyUsage> {
  if (value.tag !== BIT_STRING) throw new DerError('malformed', 'a key usage that is no bit string')
  const bits = value.content.subarray(1)
  const usages = KEY_USAGES.filter((_, bit) => ((bits[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1)
  if (usages.length === 0) throw new DerError('malformed', 'a key usage without any bit')
  return new Set(usages)
}

// RFC 5280 §4.2.1.10: minimum MUST be zero, and maximum MUST be absent.
function readNameConstraints(value: Der): { permitted: GeneralName[]; excluded: GeneralName[] } {
  const fields = new Elements(value)
  const permitted = fields.optional(0xa0)
  const excluded = fields.optional(0xa1)
  fields.end()
  if (!permitted && !excluded) throw new DerError('malformed', 'name constraints without any')
  const subtrees = (list: Der | null) =>
    list
      ? listOf(list, list.tag).map((subtree) => {
          const parts = new Elements(subtree)
          const base = readGeneralName(parts.next())
          const minimum = parts.optional(0x80)
          parts.end()
          if (minimum && countOf(minimum.content) !== 0) throw new DerError('malformed', 'a minimum that is not zero')
          return base
        })
      : []
  return { permitted: subtrees(permitted), excluded: subtrees(excluded) }
}

function readOctets(value: Der): Buffer {
  if (value.tag !== OCTET_STRING) throw new DerError('malformed', 'a key identifier that is no octet string')
  return value.content
}

// RFC 5280 §4.2.1.1
function readAuthorityKeyId(value: Der): AuthorityKeyId {
  const fields = new Elements(value)
  const keyId = fields.optional(0x80)
  const issuers = fields.optional(0xa1)
  const serial = fields.optional(0x82)
  fields.end()
  const names = issuers ? listOf(issuers, 0xa1).map(readGeneralName) : []
  const directory = names.find((name) => name.kind === 'directory')
  return {
    keyId: keyId?.content ?? null,
    issuer: directory?.kind === 'directory' ? directory.name : null,
    serial: serial?.content ?? null,
  }
}
