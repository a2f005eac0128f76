import { X509Certificate } from 'node:crypto'
import { sha256 } from '@/lib/core/secrets'
import { describeName } from './describe-name'
import { anchorUnreadable } from './errors'

export type ReadAnchor = {
  der: Buffer
  sha256: Buffer
  subject: string
  owner: string
  notBefore: Date
  notAfter: Date
}

/** PEM or DER of one root certificate, and nothing else. @throws DomainError `anchor-unreadable` */
export function readAnchor(bytes: Uint8Array, now: Date): ReadAnchor {
  const der = readOne(bytes)
  const certificate = new X509Certificate(der)
  if (!certificate.ca) throw anchorUnreadable('It is not a certificate of a CA.')
  if (!certificate.checkIssued(certificate) || !verifiesItself(certificate)) {
    throw anchorUnreadable('It is not a root: its issuer is another certificate. Add that one.')
  }
  const notAfter = new Date(certificate.validTo)
  if (notAfter <= now) throw anchorUnreadable('It has expired.')
  const subject = describeName(certificate.subject)
  return {
    der,
    sha256: sha256(der),
    subject,
    owner: describeName(nameOf(certificate.subject) ?? subject).slice(0, 120),
    notBefore: new Date(certificate.validFrom),
    notAfter,
  }
}

function readOne(bytes: Uint8Array): Buffer {
  const text = Buffer.from(bytes).toString('latin1')
  const blocks = text.match(/-----BEGIN [^-]+-----/g) ?? []
  if (blocks.length > 1) throw anchorUnreadable('It holds more than one block. Give one root certificate at a time.')
  let raw: Buffer
  try {
    raw = new X509Certificate(bytes).raw
  } catch (cause) {
    throw anchorUnreadable('Give one root certificate, in PEM or DER.', cause)
  }
  // OpenSSL reads the certificate and ignores what follows it.
  if (blocks.length === 0 && raw.length !== bytes.length) throw anchorUnreadable('Something follows the certificate.')
  return raw
}

function verifiesItself(certificate: X509Certificate): boolean {
  try {
    return certificate.verify(certificate.publicKey)
  } catch {
    return false // a key or algorithm that OpenSSL does not know
  }
}

/** The organization, or else the common name, of what node prints as lines of `O=…`. */
function nameOf(subject: string): string | null {
  return /^O=(.+)$/m.exec(subject)?.[1] ?? /^CN=(.+)$/m.exec(subject)?.[1] ?? null
}
