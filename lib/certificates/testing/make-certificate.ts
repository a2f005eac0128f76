import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { encodePem } from '../pem/base64'
import {
  bits,
  boolean,
  explicit,
  ia5,
  integer,
  nothing,
  octets,
  oid,
  sequence,
  set,
  time,
  tlv,
  utf8,
} from './write-der'

export type KeyPair = { publicKey: KeyObject; privateKey: KeyObject }
export type KeyKind =
  | 'p256'
  | 'p384'
  | 'p521'
  | 'p224'
  | 'secp256k1'
  | 'brainpool'
  | 'rsa1024'
  | 'rsa2048'
  | 'rsa3'
  | 'pss'
  | 'ed25519'
  | 'ed448'
  | 'dsa'
  | 'x25519'

// Keys are dear and say nothing: each kind has a few, shared by all tests of a process.
const pool = new Map<string, KeyPair>()

/** The key of that kind and number, made at its first use. */
export function aKey(kind: KeyKind = 'p256', number = 0): KeyPair {
  const name = `${kind} ${number}`
  const known = pool.get(name)
  if (known) return known
  const made = generate(kind)
  pool.set(name, made)
  return made
}

function generate(kind: KeyKind): KeyPair {
  const curves: Partial<Record<KeyKind, string>> = {
    p256: 'P-256',
    p384: 'P-384',
    p521: 'P-521',
    p224: 'secp224r1',
    secp256k1: 'secp256k1',
    brainpool: 'brainpoolP256r1',
  }
  const namedCurve = curves[kind]
  if (namedCurve) return generateKeyPairSync('ec', { namedCurve })
  switch (kind) {
    case 'rsa1024':
      return generateKeyPairSync('rsa', { modulusLength: 1024 })
    case 'rsa2048':
      return generateKeyPairSync('rsa', { modulusLength: 2048 })
    case 'rsa3':
      return generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 })
    case 'pss':
      return generateKeyPairSync('rsa-pss', {
        modulusLength: 2048,
        hashAlgorithm: 'sha256',
        mgf1HashAlgorithm: 'sha256',
      })
    case 'ed448':
      return generateKeyPairSync('ed448')
    case 'dsa':
      return generateKeyPairSync('dsa', { modulusLength: 2048, divisorLength: 256 })
    case 'x25519':
      return generateKeyPairSync('x25519')
    default:
      return generateKeyPairSync('ed25519')
  }
}

export type TestExtension = { oid: string; critical?: boolean; value: Buffer }

/** What a certificate says. Everything has a sound default but the names. */
export type CertificateOptions = {
  subject: Buffer
  issuer: Buffer
  keys: KeyPair
  signer: KeyPair
  serial?: bigint | number
  /** 1 leaves the version out; extensions stay as they are. */
  version?: 1 | 2 | 3
  notBefore: Date
  notAfter: Date
  extensions?: TestExtension[]
  hash?: 'md5' | 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512'
  /** RSA-PSS instead of PKCS#1 v1.5. */
  pss?: boolean
  /** Instead of that of the signature, beside the signed part. */
  outerAlgorithm?: Buffer
  /** Instead of the key's own. */
  keyInfo?: Buffer
}

/** A certificate as DER, signed with whatever key is given. */
export function makeCertificate(options: CertificateOptions): Buffer {
  const { hash = 'sha256', version = 3, extensions = [] } = options
  const algorithm = algorithmOf(options.signer, hash, options.pss ?? false)
  const signed = sequence(
    ...(version === 1 ? [] : [explicit(0, integer(version - 1))]),
    integer(options.serial ?? 4711),
    algorithm,
    options.issuer,
    sequence(time(options.notBefore), time(options.notAfter)),
    options.subject,
    options.keyInfo ?? keyInfoOf(options.keys),
    ...(extensions.length > 0 ? [explicit(3, sequence(...extensions.map(writeExtension)))] : []),
  )
  return assemble(
    signed,
    options.outerAlgorithm ?? algorithm,
    signWith(options.signer, signed, hash, options.pss ?? false),
  )
}

export function assemble(signed: Buffer, algorithm: Buffer, signature: Buffer): Buffer {
  return sequence(signed, algorithm, bits(signature))
}

export function keyInfoOf({ publicKey }: KeyPair): Buffer {
  return publicKey.export({ type: 'spki', format: 'der' })
}

function writeExtension({ oid: id, critical, value }: TestExtension): Buffer {
  return sequence(oid(id), ...(critical ? [boolean(true)] : []), octets(value))
}

const RSA: Record<string, string> = {
  md5: '1.2.840.113549.1.1.4',
  sha1: '1.2.840.113549.1.1.5',
  sha224: '1.2.840.113549.1.1.14',
  sha256: '1.2.840.113549.1.1.11',
  sha384: '1.2.840.113549.1.1.12',
  sha512: '1.2.840.113549.1.1.13',
}
const ECDSA: Record<string, string> = {
  sha1: '1.2.840.10045.4.1',
  sha224: '1.2.840.10045.4.3.1',
  sha256: '1.2.840.10045.4.3.2',
  sha384: '1.2.840.10045.4.3.3',
  sha512: '1.2.840.10045.4.3.4',
}
const DSA = '2.16.840.1.101.3.4.3.2'
const HASHES: Record<string, string> = {
  sha1: '1.3.14.3.2.26',
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
}

export function algorithmOf({ privateKey }: KeyPair, hash: string, pss: boolean): Buffer {
  switch (privateKey.asymmetricKeyType) {
    case 'ed25519':
      return sequence(oid('1.3.101.112'))
    case 'ed448':
      return sequence(oid('1.3.101.113'))
    case 'ec':
      return sequence(oid(ECDSA[hash] ?? ''))
    case 'dsa':
      return sequence(oid(DSA))
    default:
      return pss || privateKey.asymmetricKeyType === 'rsa-pss'
        ? sequence(oid('1.2.840.113549.1.1.10'), pssParameters(hash))
        : sequence(oid(RSA[hash] ?? ''), nothing())
  }
}

function pssParameters(hash: string): Buffer {
  const algorithm = sequence(oid(HASHES[hash] ?? ''), nothing())
  return sequence(
    explicit(0, algorithm),
    explicit(1, sequence(oid('1.2.840.113549.1.1.8'), algorithm)),
    explicit(2, integer(32)),
  )
}

export function signWith({ privateKey }: KeyPair, data: Buffer, hash: string, pss: boolean): Buffer {
  const type = privateKey.asymmetricKeyType
  if (type === 'ed25519' || type === 'ed448') return sign(null, data, privateKey)
  if (pss || type === 'rsa-pss') return sign(hash, data, { key: privateKey, padding: 6, saltLength: 32 })
  return sign(hash, data, privateKey)
}

const NAME_TYPES: Record<string, string> = {
  CN: '2.5.4.3',
  C: '2.5.4.6',
  O: '2.5.4.10',
  OU: '2.5.4.11',
  organizationIdentifier: '2.5.4.97',
  emailAddress: '1.2.840.113549.1.9.1',
}

/** A distinguished name, one relative name for each entry, as UTF8String unless written otherwise. */
export function aName(parts: Record<string, string>, write: (text: string) => Buffer = utf8): Buffer {
  return sequence(
    ...Object.entries(parts).map(([type, text]) =>
      set(sequence(oid(NAME_TYPES[type] ?? type), type === 'emailAddress' ? ia5(text) : write(text))),
    ),
  )
}

const USAGES = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
]
export const CLIENT = '1.3.6.1.5.5.7.3.2'
export const SERVER = '1.3.6.1.5.5.7.3.1'
export const ANY = '2.5.29.37.0'

export function basicConstraints(isCa: boolean, pathLength?: number, critical = true): TestExtension {
  const parts = [...(isCa ? [boolean(true)] : []), ...(pathLength === undefined ? [] : [integer(pathLength)])]
  return { oid: '2.5.29.19', critical, value: sequence(...parts) }
}

export function keyUsage(...usages: string[]): TestExtension {
  const positions = usages.map((usage) => USAGES.indexOf(usage))
  const last = Math.max(...positions)
  const octet = positions.reduce((sum, position) => sum | (0x80 >> position), 0)
  return { oid: '2.5.29.15', critical: true, value: bits(Buffer.from([octet]), 7 - last) }
}

export function extendedKeyUsage(...purposes: string[]): TestExtension {
  return { oid: '2.5.29.37', value: sequence(...purposes.map(oid)) }
}

export function keyIdOf(keys: KeyPair): Buffer {
  return createHash('sha1').update(keyInfoOf(keys)).digest()
}

export function subjectKeyId(keyId: Buffer): TestExtension {
  return { oid: '2.5.29.14', value: octets(keyId) }
}

export function authorityKeyId(keyId: Buffer): TestExtension {
  return { oid: '2.5.29.35', value: sequence(tlv(0x80, keyId)) }
}

export const dns = (name: string) => ia5(name, 0x82)
export const email = (name: string) => ia5(name, 0x81)
export const uri = (name: string) => ia5(name, 0x86)
export const ip = (...bytes: number[]) => tlv(0x87, bytes)
export const directory = (name: Buffer) => explicit(4, name)
export const otherName = () => explicit(0, oid('1.3.6.1.4.1.311.20.2.3'), explicit(0, utf8('client')))

export function alternativeNames(...names: Buffer[]): TestExtension {
  return { oid: '2.5.29.17', value: sequence(...names) }
}

export function nameConstraints(permitted: Buffer[], excluded: Buffer[] = []): TestExtension {
  const subtrees = (number: number, list: Buffer[]) =>
    list.length > 0 ? [explicit(number, ...list.map((base) => sequence(base)))] : []
  return { oid: '2.5.29.30', critical: true, value: sequence(...subtrees(0, permitted), ...subtrees(1, excluded)) }
}

/** Where revocation is published; a point is written as its own value where it is more than a place. */
export function crlDistributionPoints(...points: (string | Buffer)[]): TestExtension {
  const point = (at: string | Buffer) => (typeof at === 'string' ? sequence(explicit(0, explicit(0, uri(at)))) : at)
  return { oid: '2.5.29.31', value: sequence(...points.map(point)) }
}

export function ocspResponder(url: string): TestExtension {
  return { oid: '1.3.6.1.5.5.7.1.1', value: sequence(sequence(oid('1.3.6.1.5.5.7.48.1'), uri(url))) }
}

export function toPem(...certificates: Buffer[]): string {
  return certificates.map(encodePem).join('')
}
