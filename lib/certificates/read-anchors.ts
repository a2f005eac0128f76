import { findKeyMaterial } from '@/lib/core/private-key'
import type { Anchor } from './arrange-chain'
import { DerError } from './der/der'
import { anchorUnreadable } from './errors'
import { parseCertificate } from './parse-certificate'
import { decodeBase64 } from './pem/base64'
import { readBlocks } from './pem/read-blocks'

/** Trusted certificates of a file: any number in PEM, or one in DER. @throws DomainError `anchor-unreadable` */
export function readAnchors(bytes: Buffer): Anchor[] {
  if (findKeyMaterial(bytes)) throw anchorUnreadable('It holds a private key or is a key store.')
  if (bytes[0] === 0x30) return [{ der: readDer(bytes) }]
  const { blocks, findings } = readBlocks(bytes.toString('utf8'))
  const fault = findings.find(({ severity }) => severity === 'error')
  if (fault) throw anchorUnreadable(fault.message)
  if (blocks.length === 0) throw anchorUnreadable('There is no certificate in it.')
  return blocks.map(({ base64, lines: [from] }) => {
    const der = decodeBase64(base64)
    if (!der) throw anchorUnreadable(`The block on line ${from} is not base64.`)
    return { der: readDer(der) }
  })
}

function readDer(bytes: Buffer): Buffer {
  try {
    const { der } = parseCertificate(bytes, { index: 0, lines: null, label: 'Anchor' }, { nodes: 0, signatures: 0 })
    return der
  } catch (cause) {
    if (cause instanceof DerError) throw anchorUnreadable(`It is not a certificate: ${cause.message}.`, cause)
    throw cause
  }
}
