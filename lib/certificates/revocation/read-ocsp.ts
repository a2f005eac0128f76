import { DAY } from '@/lib/core/time'
import {
  BIT_STRING,
  BOOLEAN,
  booleanOf,
  type Der,
  DerError,
  Elements,
  INTEGER,
  listOf,
  OCTET_STRING,
  OID,
  oidOf,
  readOnly,
  SEQUENCE,
} from '../der/der'
import { type Certificate, EXTENSION, parseCertificate } from '../parse-certificate'
import { type Answer, CLOCK_SKEW_MS, toReason } from './answer'
import { RevocationError } from './errors'
import { hashOfKey, hashOfName, NONCE } from './ocsp-request'
import { readMoment } from './read-moment'
import { signatureOf, verifySignature } from './verify-signature'

const BASIC = '1.3.6.1.5.5.7.48.1.1'
const OCSP_SIGNING = '1.3.6.1.5.5.7.3.9'
const NO_CHECK = '1.3.6.1.5.5.7.48.1.5'
const ENUMERATED = 0x0a
const HASHES: Record<string, string> = { '1.3.14.3.2.26': 'sha1', '2.16.840.1.101.3.4.2.1': 'sha256' }
/** Certificates of responders that are looked at in one response. */
const MAX_RESPONDERS = 4
/** An answer that names no end is of a responder that always has a newer one. */
const MAX_AGE_WITHOUT_END_MS = DAY

export type OcspRequest = {
  bytes: Buffer
  certificate: Certificate
  issuer: Certificate
  /** What the request carried: a response with another one answers somebody else. Without one it is not refused (RFC 5019 §4). */
  nonce: Buffer
  now: Date
}

/**
 * What a responder says of one certificate (RFC 6960 §3.2, §4.2). It is the issuer itself, or one that the issuer signed for this
 * purpose with its own key; another certificate of the same issuer answers nothing. @throws RevocationError
 */
export function readOcsp(request: OcspRequest): Answer {
  try {
    return read(request)
  } catch (error) {
    if (error instanceof DerError) throw new RevocationError('malformed', error)
    throw error
  }
}

function read({ bytes, certificate, issuer, nonce, now }: OcspRequest): Answer {
  const work = { nodes: 0, signatures: 0 }
  const outer = new Elements(readOnly(bytes, work))
  const status = outer.next(ENUMERATED)
  if (status.content.length !== 1 || status.content[0] !== 0) throw new RevocationError('responder-refuses')
  const typed = new Elements(onlyChildOf(outer.next(0xa0)))
  outer.end()
  if (oidOf(typed.next(OID)) !== BASIC) throw new RevocationError('unsupported')
  const basic = new Elements(readOnly(typed.next(OCTET_STRING).content, work))
  typed.end()

  const signed = basic.next(SEQUENCE)
  const algorithm = basic.next(SEQUENCE)
  const signature = signatureOf(basic.next(BIT_STRING))
  const given = basic.optional(0xa0)
  basic.end()

  const data = new Elements(signed)
  data.optional(0xa0)
  const responder = data.next()
  const producedAt = readMoment(data.next())
  const responses = data.next(SEQUENCE)
  const extensions = data.optional(0xa1)
  data.end()

  const signer = findSigner(responder, given, issuer, now)
  if (!signer.key) throw new RevocationError('weak-signature')
  verifySignature(signed.raw, algorithm, signature, signer.key)
  checkExtensions(extensions && onlyChildOf(extensions), nonce)
  if (producedAt.getTime() > now.getTime() + CLOCK_SKEW_MS) throw new RevocationError('not-yet-valid')

  const answers = listOf(responses).filter((response) => isAbout(response, certificate, issuer))
  const [answer] = answers
  if (!answer || answers.length > 1) throw new RevocationError('other-certificate')
  return readSingle(answer, now)
}

/**
 * RFC 6960 §4.2.2.2: the authority that issued the certificate in question, or who has a certificate of that authority, signed with
 * the same key, that says id-kp-OCSPSigning. Whether a delegate was revoked itself is not asked: they are short-lived, or say
 * id-pkix-ocsp-nocheck (ADR-0103).
 */
function findSigner(responder: Der, given: Der | null, issuer: Certificate, now: Date): Certificate {
  if (isResponder(responder, issuer)) return issuer
  const certificates = given ? listOf(onlyChildOf(given)).slice(0, MAX_RESPONDERS) : []
  for (const [index, value] of certificates.entries()) {
    const place = { index, lines: null, label: 'Responder' }
    const delegate = parseCertificate(value.raw, place, { nodes: 0, signatures: 0 })
    if (!isResponder(responder, delegate)) continue
    if (!isDelegate(delegate, issuer)) throw new RevocationError('not-authorized')
    if (delegate.notBefore > now || delegate.notAfter < now) throw new RevocationError('not-authorized')
    return delegate
  }
  throw new RevocationError('not-authorized')
}

/** RFC 6960 §4.2.1, ResponderID: by name, or by the SHA-1 of the key. */
function isResponder(responder: Der, certificate: Certificate): boolean {
  const value = onlyChildOf(responder)
  if (responder.tag === 0xa1) return value.raw.equals(certificate.subject.raw)
  if (responder.tag !== 0xa2 || value.tag !== OCTET_STRING)
    throw new DerError('malformed', 'a responder of no known form')
  return value.content.equals(hashOfKey('sha1', certificate))
}

function isDelegate(delegate: Certificate, issuer: Certificate): boolean {
  if (!delegate.issuer.raw.equals(issuer.subject.raw) || !issuer.key || !verifiesWith(delegate, issuer.key))
    return false
  if (!delegate.extendedKeyUsage?.includes(OCSP_SIGNING)) return false
  if (delegate.keyUsage && !delegate.keyUsage.has('digitalSignature')) return false
  return delegate.extensions.every(({ oid, critical }) => !critical || PROCESSED.includes(oid))
}

const PROCESSED: readonly string[] = [
  EXTENSION.basicConstraints,
  EXTENSION.keyUsage,
  EXTENSION.extendedKeyUsage,
  EXTENSION.alternativeNames,
  NO_CHECK,
]

function verifiesWith(certificate: Certificate, key: NonNullable<Certificate['key']>): boolean {
  try {
    return certificate.x509.verify(key)
  } catch {
    return false // a key or an algorithm of another kind
  }
}

function checkExtensions(list: Der | null, nonce: Buffer): void {
  if (!list) return
  for (const extension of listOf(list)) {
    const fields = new Elements(extension)
    const oid = oidOf(fields.next())
    const critical = fields.optional(BOOLEAN)
    const value = fields.next(OCTET_STRING).content
    fields.end()
    if (oid === NONCE) {
      // RFC 8954 §2.1 wraps it in an OCTET STRING; older responders repeat the bytes as they came, which is the same.
      if (!readOnly(value, { nodes: 0, signatures: 0 }).content.equals(nonce)) throw new RevocationError('nonce')
    } else if (critical && booleanOf(critical)) throw new RevocationError('critical-extension')
  }
}

/** RFC 6960 §4.1.1, CertID: issuer by name and key, and the serial number. */
function isAbout(response: Der, certificate: Certificate, issuer: Certificate): boolean {
  const id = new Elements(new Elements(response).next(SEQUENCE))
  const hash = HASHES[oidOf(new Elements(id.next(SEQUENCE)).next())]
  const name = id.next(OCTET_STRING).content
  const key = id.next(OCTET_STRING).content
  const serial = id.next(INTEGER).content
  id.end()
  if (!hash || !serial.equals(certificate.serial)) return false
  return name.equals(hashOfName(hash, issuer)) && key.equals(hashOfKey(hash, issuer))
}

function readSingle(response: Der, now: Date): Answer {
  const fields = new Elements(response)
  fields.next(SEQUENCE)
  const status = fields.next()
  const thisUpdate = readMoment(fields.next())
  const next = fields.optional(0xa0)
  const extensions = fields.optional(0xa1)
  fields.end()
  if (extensions) checkExtensions(onlyChildOf(extensions), Buffer.alloc(0))
  const nextUpdate = next && readMoment(onlyChildOf(next))
  const age = now.getTime() - thisUpdate.getTime()
  if (age < -CLOCK_SKEW_MS) throw new RevocationError('not-yet-valid')
  if (nextUpdate ? nextUpdate <= now : age > MAX_AGE_WITHOUT_END_MS) throw new RevocationError('stale')
  const common = { thisUpdate, nextUpdate }
  if (status.tag === 0x80) return { status: 'good', revokedAt: null, reason: null, ...common }
  if (status.tag !== 0xa1) throw new RevocationError('responder-unknowing')
  const revoked = new Elements(status, 0xa1)
  const revokedAt = readMoment(revoked.next())
  const reason = revoked.optional(0xa0)
  revoked.end()
  return {
    status: 'revoked',
    revokedAt,
    reason: toReason(reason ? onlyChildOf(reason).content[0] : undefined),
    ...common,
  }
}

function onlyChildOf(value: Der): Der {
  const [child, ...others] = value.children
  if (!child || others.length > 0) throw new DerError('malformed', 'a wrapper of one value holds another number')
  return child
}
