import { findKeyMaterial, lineOfPrivateKey } from '@/lib/core/private-key'
import { DerError, type DerProblem, readFirst, type Work } from '../der/der'
import { finding, findingAt } from '../finding'
import { FINDINGS, type FindingCode } from '../finding-codes'
import { type Certificate, parseCertificate } from '../parse-certificate'
import { type Finding, MAX_BYTES, MAX_CERTIFICATES } from '../schema'
import { decodeBase64 } from './base64'
import { type Block, readBlocks } from './read-blocks'
import { formatOf, sniffFormat } from './sniff-format'

export type ReadCertificates = {
  certificates: Certificate[]
  findings: Finding[]
  /** Some block stayed unread. */
  hasUnread: boolean
}

/**
 * From an upload to certificates. What is too large, a private key or another format stops here, with that one answer;
 * everything else is read as far as it goes, block by block.
 */
export function readCertificates(bytes: Buffer, work: Work): ReadCertificates {
  const refusal = refuseFile(bytes, work)
  if (refusal) return { certificates: [], findings: [refusal], hasUnread: true }

  const { text, findings } = readText(bytes)
  const encoded = refuseEncoding(text)
  if (encoded) return { certificates: [], findings: [...findings, encoded], hasUnread: true }

  const walked = readBlocks(text, MAX_CERTIFICATES)
  findings.push(...walked.findings.map(nameForeignBlock))
  if (walked.blocks.length === 0) {
    if (!walked.findings.some(({ code }) => code !== 'end-unmatched')) findings.push(describeNone(text))
    return { certificates: [], findings, hasUnread: true }
  }
  if (walked.hasMore) {
    const message = `There are more than ${MAX_CERTIFICATES} certificates; expected ${MAX_CERTIFICATES} at most.`
    return { certificates: [], findings: [finding('too-many-certificates', null, message)], hasUnread: true }
  }
  const certificates: Certificate[] = []
  for (const block of walked.blocks) {
    const known = findings.filter((entry) => entry.certificate === block.index).map(({ code }) => code)
    const read = readBlock(block, walked.blocks.length, known, work)
    findings.push(...read.findings)
    if (read.certificate) certificates.push(read.certificate)
  }
  return { certificates, findings, hasUnread: certificates.length < walked.blocks.length }
}

function refuseFile(bytes: Buffer, work: Work): Finding | null {
  if (bytes.length > MAX_BYTES) {
    return finding('file-too-large', null, `The file has more than ${MAX_BYTES / 1024} KiB. Nothing of it was read.`)
  }
  const material = findKeyMaterial(bytes)
  const format = sniffFormat(bytes, work)
  if (material === 'private-key') {
    const line = lineOfPrivateKey(bytes)
    const where = line ? ` on line ${line}` : ''
    const message = `There is a private key${where}. It was not stored and not logged, but it has left your hands.`
    return findingAt('private-key', line ? [line, line] : null, message)
  }
  if (bytes.every((byte) => byte === 9 || byte === 10 || byte === 13 || byte === 32)) {
    return finding('file-empty', null, bytes.length === 0 ? 'The file is empty.' : 'There is nothing but white space.')
  }
  if (format !== 'text') return finding(format, null, describeFormat(format))
  return material === 'key-store' ? finding('format-pkcs12', null, describeFormat('format-pkcs12')) : null
}

function describeFormat(code: FindingCode): string {
  return `Expected PEM text, found: ${FINDINGS[code].title.replace(/^A /, 'a ').replace(/^Not /, 'not ')}.`
}

function readText(bytes: Buffer): { text: string; findings: Finding[] } {
  const findings: Finding[] = []
  const lineOf = (offset: number) => bytes.toString('latin1', 0, offset).split(/\r\n|\r|\n/).length
  const nul = bytes.indexOf(0)
  if (nul !== -1) {
    const line = lineOf(nul)
    findings.push(findingAt('nul-byte', [line, line], `There is a NUL byte on line ${line}.`))
  }
  const text = bytes.toString('utf8')
  // What is not UTF-8 becomes U+FFFD, and no longer the same bytes.
  if (!Buffer.from(text, 'utf8').equals(bytes)) {
    const offset = Buffer.byteLength(text.slice(0, text.indexOf('\ufffd')), 'utf8')
    const line = lineOf(offset)
    findings.push(findingAt('utf8-invalid', [line, line], `Line ${line} holds bytes that are not UTF-8.`))
  }
  return { text: text.replace(/\0/g, ''), findings }
}

function refuseEncoding(text: string): Finding | null {
  if (/-----BEGIN [A-Z0-9 .]{1,40}-----(?:\\r)?\\n/.test(text)) {
    return finding('pem-escaped', null, 'Line breaks are written as \\n: expected lines of their own.')
  }
  if (/-----BEGIN(?:%20|\+)[A-Z0-9]/i.test(text) || /%2D%2DBEGIN/i.test(text)) {
    return finding('pem-url-encoded', null, 'The text is URL-encoded: expected plain PEM.')
  }
  return null
}

const FOREIGN_FORMATS: [RegExp, FindingCode][] = [
  [/\bCERTIFICATE REQUEST\b/, 'format-csr'],
  [/\bX509 CRL\b/, 'format-crl'],
  [/\bPKCS #?7\b|\bPKCS7\b|\bCMS\b/, 'format-pkcs7'],
]

/** A block of another format gets the answer of that format. */
function nameForeignBlock(entry: Finding): Finding {
  if (entry.code !== 'block-foreign') return entry
  const [, code] = FOREIGN_FORMATS.find(([label]) => label.test(entry.message)) ?? []
  return code ? findingAt(code, entry.lines, entry.message) : entry
}

function describeNone(text: string): Finding {
  const letters = text.replace(/\s+/g, '')
  if (letters.length >= 200 && decodeBase64(letters)) {
    return finding('pem-labels-missing', null, 'The text is base64 alone: expected it between BEGIN and END lines.')
  }
  return finding('certificate-none', null, 'Expected -----BEGIN CERTIFICATE-----, found none.')
}

const PROBLEM_CODES: Record<DerProblem, FindingCode> = {
  truncated: 'der-truncated',
  'not-canonical': 'der-not-canonical',
  malformed: 'certificate-malformed',
  'too-complex': 'der-too-complex',
}

type ReadBlock = { certificate: Certificate | null; findings: Finding[] }

/** RFC 7468 §5.1: one certificate, in DER. `known` are the codes that the block's boundaries have already. */
function readBlock(block: Block, count: number, known: FindingCode[], work: Work): ReadBlock {
  const label = `Certificate ${block.index + 1} of ${count}`
  const bytes = decodeBase64(block.base64)
  if (!bytes) return { certificate: null, findings: [finding('base64-invalid', block, describeBase64(label, block))] }
  try {
    const value = readFirst(bytes, work)
    const format = formatOf(value)
    if (format !== 'format-der' && format !== 'format-unknown') {
      return { certificate: null, findings: [finding(format, block, `${label}: ${describeFormat(format)}`)] }
    }
    const surplus = bytes.subarray(value.raw.length)
    const findings = known.includes('label-trusted') ? [] : judgeSurplus(surplus, label, block, work)
    const place = { index: block.index, lines: block.lines, label }
    return { certificate: parseCertificate(Buffer.from(value.raw), place, work), findings }
  } catch (error) {
    if (!(error instanceof DerError)) throw error
    // The same root cause: the end was lost.
    if (
      error.problem === 'truncated' &&
      known.some((code) => code === 'end-missing' || code === 'begin-inside-block')
    ) {
      return { certificate: null, findings: [] }
    }
    const message = `${label} cannot be read: ${error.message}.`
    return { certificate: null, findings: [finding(PROBLEM_CODES[error.problem], block, message)] }
  }
}

function describeBase64(label: string, { base64 }: Block): string {
  if (base64 === '') return `${label} is empty.`
  const strange = /[^A-Za-z0-9+/=]/.exec(base64)?.[0]
  if (strange === '-' || strange === '_')
    return `${label} is written in base64url; expected + and / instead of - and _.`
  if (strange) return `${label} holds a character that is not base64, after ${base64.indexOf(strange)} that are.`
  return `The base64 of ${label.toLowerCase()} has a wrong length or padding.`
}

function judgeSurplus(surplus: Buffer, label: string, block: Block, work: Work): Finding[] {
  if (surplus.length === 0) return []
  try {
    readFirst(surplus, work)
    return [finding('der-several-values', block, `${label} is followed by another value in the same block.`)]
  } catch (error) {
    if (!(error instanceof DerError)) throw error
    return [finding('der-trailing-bytes', block, `${label} is followed by ${surplus.length} bytes in the same block.`)]
  }
}
