import { X509Certificate } from 'node:crypto'
import { findKeyMaterial } from '@/lib/core/private-key'
import { sha256 } from '@/lib/core/secrets'
import { coreCertificateUnreadable } from './errors'

/** The SHA-256 of the one certificate of a file, in PEM or DER. @throws DomainError `certificate-unreadable` */
export function readCoreCertificate(bytes: Uint8Array): Buffer {
  if (findKeyMaterial(bytes))
    throw coreCertificateUnreadable('The file holds a private key. Give the certificate alone.')
  const blocks =
    Buffer.from(bytes)
      .toString('latin1')
      .match(/-----BEGIN [^-]+-----/g) ?? []
  if (blocks.length > 1) throw coreCertificateUnreadable('The file holds more than one block. Give the leaf alone.')
  let raw: Buffer
  try {
    raw = new X509Certificate(bytes).raw
  } catch (cause) {
    throw coreCertificateUnreadable('Give one certificate, in PEM or DER.', cause)
  }
  // OpenSSL reads the certificate and ignores what follows it.
  if (blocks.length === 0 && raw.length !== bytes.length)
    throw coreCertificateUnreadable('Something follows the certificate.')
  return sha256(raw)
}
