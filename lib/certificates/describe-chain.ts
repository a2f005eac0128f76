import { type Chain, isAuthority, membersOf } from './arrange-chain'
import { describeGeneralName } from './general-name'
import { nameUsage } from './key-purposes'
import { shortName, toHex, toSafeText } from './name'
import type { Certificate } from './parse-certificate'
import { readPsd2 } from './psd2'
import { isSound } from './rules/issuers'
import { describeKey } from './rules/public-key'
import { describeSignature } from './rules/signature-algorithm'
import type { CertificateRole, ChainCertificate, ChainLink, ChainReport } from './schema'

const MOST_SHOWN = 50

/** The certificates of a chain and what stands between them, for a reader. */
export function describeChain(chain: Chain): Pick<ChainReport, 'certificates' | 'links'> {
  return {
    certificates: chain.certificates.map((certificate) => describeCertificate(chain, certificate)),
    links: [...linksOf(chain, chain.path, true), ...linksOf(chain, chain.above, false)],
  }
}

function describeCertificate(chain: Chain, certificate: Certificate): ChainCertificate {
  return {
    index: certificate.index,
    role: roleOf(chain, certificate),
    wantedPosition: wantedPositionOf(chain, certificate),
    subject: certificate.subject.text,
    name: shortName(certificate.subject),
    issuer: certificate.issuer.text,
    serial: describeSerial(certificate.serial),
    notBefore: certificate.notBefore.toISOString(),
    notAfter: certificate.notAfter.toISOString(),
    key: describeKey(certificate),
    signature: describeSignature(certificate, chain.work),
    extendedKeyUsage: (certificate.extendedKeyUsage ?? []).slice(0, MOST_SHOWN).map(nameUsage),
    keyUsage: [...(certificate.keyUsage ?? [])],
    alternativeNames: (certificate.alternativeNames ?? []).slice(0, MOST_SHOWN).map(describeGeneralName),
    isCa: isAuthority(certificate),
    pathLength: certificate.basicConstraints?.pathLength ?? null,
    subjectKeyId: certificate.subjectKeyId && toHex(certificate.subjectKeyId),
    authorityKeyId: certificate.authorityKeyId?.keyId ? toHex(certificate.authorityKeyId.keyId) : null,
    sha256: certificate.sha256,
    lines: certificate.lines,
    psd2: readPsd2(certificate, chain.work).psd2,
  }
}

function roleOf(chain: Chain, certificate: Certificate): CertificateRole {
  if (!membersOf(chain).includes(certificate)) return 'stray'
  if (certificate === chain.leaf) return 'leaf'
  const isTop = certificate === chain.root || certificate === chain.above.at(-1)
  return isTop ? 'root' : 'intermediate'
}

/** Places are kept free for a leaf and an issuer that are missing. */
function wantedPositionOf(chain: Chain, certificate: Certificate): number | null {
  const position = membersOf(chain).indexOf(certificate)
  if (position === -1) return null
  return position + (chain.leaf ? 0 : 1) + (position >= chain.path.length ? 1 : 0)
}

const MOST_SERIAL_OCTETS = 40

function describeSerial(serial: Buffer): string {
  if (serial.length > MOST_SERIAL_OCTETS) return toHex(serial).toUpperCase()
  const isNegative = (serial[0] ?? 0) >= 0x80
  const value = BigInt(`0x${serial.toString('hex')}`)
  const size = isNegative ? (1n << BigInt(serial.length * 8)) - value : value
  const digits = size.toString(16).toUpperCase()
  return `${isNegative ? '-' : ''}${digits.length % 2 ? '0' : ''}${digits}`
}

function linksOf(chain: Chain, path: Certificate[], endsInGap: boolean): ChainLink[] {
  return path.map((child, position) => {
    const next = path[position + 1]
    const isRoot = !next && (child === chain.root || !endsInGap)
    const issuer = next ?? (isRoot ? child : null)
    if (issuer) {
      const state = isSound(chain, child, issuer) ? 'sound' : 'broken'
      return { certificate: child.index, issuer: issuer.index, state, wanted: null }
    }
    const keyId = child.authorityKeyId?.keyId ? toHex(child.authorityKeyId.keyId) : null
    return {
      certificate: child.index,
      issuer: null,
      state: 'missing',
      wanted: { subject: toSafeText(child.issuer.text), keyId },
    }
  })
}
