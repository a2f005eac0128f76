import { X509Certificate } from 'node:crypto'
import type { TrustStore } from './trust-store'

export type PathOutcome = 'sound' | 'expired' | 'wrong-usage' | 'none'

const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2'
const LONGEST = 10

type Issuers = { certificates: readonly Buffer[]; parsed: X509Certificate[] }
let issuers: Issuers = { certificates: [], parsed: [] }

/**
 * Whether stored certificates lead from a leaf to a self-signed one among them: names, signatures, the CA bit, usage and
 * dates. It gives a proxied handshake the reason that a direct one gets from OpenSSL; what a chain must be beyond that was
 * decided at its submission, and only leaves of such chains are let in.
 */
export function findPath(leaf: X509Certificate, store: TrustStore, now: Date): PathOutcome {
  if (issuers.certificates !== store.certificates) {
    issuers = { certificates: store.certificates, parsed: store.certificates.map((der) => new X509Certificate(der)) }
  }
  // RFC 5280 §4.2.1.12; node's `keyUsage` lists the extended usages.
  if (leaf.keyUsage !== undefined && !leaf.keyUsage.includes(CLIENT_AUTH)) return 'wrong-usage'
  return climb(leaf, issuers.parsed, now, LONGEST)
}

function climb(certificate: X509Certificate, store: readonly X509Certificate[], now: Date, left: number): PathOutcome {
  if (left === 0) return 'none'
  let outcome: PathOutcome = 'none'
  for (const issuer of store) {
    if (!issued(issuer, certificate)) continue
    const above = issuer.issuer === issuer.subject ? 'sound' : climb(issuer, store, now, left - 1)
    if (above === 'none') continue
    if (above === 'sound' && isCurrent(issuer, now)) return 'sound'
    outcome = 'expired'
  }
  return outcome
}

function issued(issuer: X509Certificate, certificate: X509Certificate): boolean {
  if (!issuer.ca || !certificate.checkIssued(issuer)) return false
  try {
    return certificate.verify(issuer.publicKey)
  } catch {
    return false // a key or algorithm that OpenSSL does not know
  }
}

function isCurrent(certificate: X509Certificate, now: Date): boolean {
  return new Date(certificate.validFrom) <= now && now <= new Date(certificate.validTo)
}
