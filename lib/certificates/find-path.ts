import { X509Certificate } from 'node:crypto'
import type { TrustStore } from './trust-store'

/** A sound one stays so from `from` until `until`, for as long as the certificates stay the same. */
export type Path = { outcome: 'sound'; from: Date; until: Date } | { outcome: 'expired' | 'wrong-usage' | 'none' }

const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2'
const LONGEST = 10

type Issuers = { certificates: readonly Buffer[]; parsed: X509Certificate[] }
let issuers: Issuers = { certificates: [], parsed: [] }

/**
 * Whether stored certificates lead from a leaf to a self-signed one among them: names, signatures, the CA bit, usage and
 * dates. It gives a proxied handshake the reason that a direct one gets from OpenSSL; what a chain must be beyond that was
 * decided at its submission, and only leaves of such chains are let in.
 */
export function findPath(leaf: X509Certificate, store: TrustStore, now: Date): Path {
  if (issuers.certificates !== store.certificates) {
    issuers = { certificates: store.certificates, parsed: store.certificates.map((der) => new X509Certificate(der)) }
  }
  // RFC 5280 §4.2.1.12; node's `keyUsage` lists the extended usages.
  if (leaf.keyUsage !== undefined && !leaf.keyUsage.includes(CLIENT_AUTH)) return { outcome: 'wrong-usage' }
  return climb(leaf, issuers.parsed, now, LONGEST)
}

function climb(certificate: X509Certificate, store: readonly X509Certificate[], now: Date, left: number): Path {
  let found: Path = { outcome: 'none' }
  if (left === 0) return found
  for (const issuer of store) {
    if (!issued(issuer, certificate)) continue
    const above: Path = issuer.issuer === issuer.subject ? ALWAYS : climb(issuer, store, now, left - 1)
    if (above.outcome === 'none') continue
    const [from, until] = [new Date(issuer.validFrom), new Date(issuer.validTo)]
    if (above.outcome === 'sound' && from <= now && now <= until) {
      return {
        outcome: 'sound',
        from: from > above.from ? from : above.from,
        until: until < above.until ? until : above.until,
      }
    }
    found = { outcome: 'expired' }
  }
  return found
}

const ALWAYS: Path = { outcome: 'sound', from: new Date(-8.64e15), until: new Date(8.64e15) }

function issued(issuer: X509Certificate, certificate: X509Certificate): boolean {
  if (!issuer.ca || !certificate.checkIssued(issuer)) return false
  try {
    return certificate.verify(issuer.publicKey)
  } catch {
    return false // a key or algorithm that OpenSSL does not know
  }
}
