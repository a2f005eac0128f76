import {
  BIT_STRING,
  type Der,
  DerError,
  INTEGER,
  OCTET_STRING,
  OID,
  oidOf,
  readFirst,
  SEQUENCE,
  type Work,
} from '../der/der'
import type { FindingCode } from '../finding-codes'

export type FileFormat = Extract<FindingCode, `format-${string}`> | 'text'

const SIGNED_DATA = '1.2.840.113549.1.7.2'

/** What a file is, by its first bytes and the shape of its outermost value; `text` is read on as PEM. */
export function sniffFormat(bytes: Buffer, work: Work): FileFormat {
  const head = bytes.toString('latin1', 0, 4)
  if (head.startsWith('PK\x03\x04') || head.startsWith('PK\x05\x06')) return 'format-zip'
  if (head.startsWith('\x1f\x8b')) return 'format-gzip'
  if (head === '\xfe\xed\xfe\xed' || head === '\xce\xce\xce\xce') return 'format-jks'
  if (head.startsWith('\xff\xfe') || head.startsWith('\xfe\xff') || isWideAscii(bytes)) return 'format-utf16'
  if (bytes[0] === SEQUENCE) {
    const format = sniffDer(bytes, work)
    if (format) return format
  }
  const beginning = bytes.toString('utf8', 0, 512).replace(/^\ufeff/, '')
  if (/^\s*<(?:!doctype html|html|head|body)\b/i.test(beginning)) return 'format-html'
  return isBinary(bytes) ? 'format-unknown' : 'text'
}

/** ASCII in two bytes each, without a mark in front. */
function isWideAscii(bytes: Buffer): boolean {
  const sample = bytes.subarray(0, 64)
  if (sample.length < 8 || sample.length % 2 !== 0) return false
  const zeros = [0, 1].map((offset) => sample.filter((byte, index) => index % 2 === offset && byte === 0).length)
  return zeros.some((count) => count === sample.length / 2) && !zeros.every((count) => count > 0)
}

/** A stray control byte is a finding about the text; many of them are no text. */
function isBinary(bytes: Buffer): boolean {
  const sample = bytes.subarray(0, 4096)
  if (sample.includes('-----BEGIN')) return false
  const controls = sample.filter((byte) => byte < 9 || (byte > 13 && byte < 32)).length
  return controls > 0 && controls * 20 >= sample.length
}

function sniffDer(bytes: Buffer, work: Work): FileFormat | null {
  if (bytes[1] === 0x80) return bytes.subarray(0, 64).includes(encodedSignedData) ? 'format-pkcs7' : 'format-unknown'
  try {
    return formatOf(readFirst(bytes, work))
  } catch (error) {
    if (!(error instanceof DerError)) throw error
    // Text may begin with “0”; a cut or damaged value is not text.
    return isBinary(bytes) ? 'format-unknown' : null
  }
}

const encodedSignedData = Buffer.from('2a864886f70d010702', 'hex')

/** The kind of an outermost value, told apart by its first elements. */
export function formatOf({ children: [first, second, third] }: Der): Exclude<FileFormat, 'text'> {
  if (first?.tag === OID) return oidOf(first) === SIGNED_DATA ? 'format-pkcs7' : 'format-unknown'
  if (first?.tag === INTEGER && first.content.length === 1 && first.content[0] === 3) return 'format-pkcs12'
  if (first?.tag !== SEQUENCE || second?.tag !== SEQUENCE || third?.tag !== BIT_STRING) return 'format-unknown'
  return formatOfSigned(first.children)
}

/** Certificates, requests and revocation lists are all a signed part, an algorithm and a signature. */
function formatOfSigned(signed: Der[]): Exclude<FileFormat, 'text'> {
  const [first, second, third, fourth] = signed
  if (first?.tag === 0xa0) return 'format-der'
  if (first?.tag === INTEGER && second?.tag === SEQUENCE) {
    const isAlgorithm = second.children[0]?.tag === OID
    if (!isAlgorithm) return 'format-csr' // version, subject, key, attributes
    return fourth?.tag === SEQUENCE ? 'format-der' : 'format-crl'
  }
  if (first?.tag === SEQUENCE && second?.tag === SEQUENCE && third && third.tag !== OCTET_STRING) return 'format-crl'
  return 'format-unknown'
}
