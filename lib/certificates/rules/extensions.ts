import { membersOf } from '../arrange-chain'
import { finding } from '../finding'
import { cutOid } from '../key-purposes'
import { type Certificate, EXTENSION } from '../parse-certificate'
import type { Finding } from '../schema'
import type { Rule } from './rule'

/**
 * What may be critical: what the rules here process, and OpenSSL too. The qcStatements are read here, but a handshake with
 * critical ones fails. Constraints on policies are processed by nobody here, so that a critical one is refused.
 */
const PROCESSED: readonly string[] = [
  EXTENSION.basicConstraints,
  EXTENSION.keyUsage,
  EXTENSION.extendedKeyUsage,
  EXTENSION.alternativeNames,
  EXTENSION.nameConstraints,
  EXTENSION.certificatePolicies, // any policy will do, so that stating some restricts nothing
  EXTENSION.crlDistributionPoints,
]

const NAMES: Record<string, string> = {
  ...Object.fromEntries(Object.entries(EXTENSION).map(([name, oid]) => [oid, name])),
  '2.5.29.33': 'policyMappings',
  '2.5.29.36': 'policyConstraints',
  '2.5.29.54': 'inhibitAnyPolicy',
}

/** RFC 5280 §4.2: an extension stands once; who does not process a critical one rejects the certificate. */
export const extensions: Rule = (chain) => membersOf(chain).flatMap(judge)

function judge(certificate: Certificate): Finding[] {
  const { label, malformed } = certificate
  const seen = new Set<string>()
  const again = certificate.extensions.filter(({ oid }) => seen.size === seen.add(oid).size)
  const twice = [...new Set(again.map(({ oid }) => oid))]
  const unknown = certificate.extensions.filter(({ oid, critical }) => critical && !PROCESSED.includes(oid))
  return [
    ...twice.map((oid) => finding('extension-duplicate', certificate, `${label} has ${nameOf(oid)} more than once.`)),
    ...malformed.map(({ oid, detail }) =>
      finding('extension-malformed', certificate, `${nameOf(oid)} of ${label.toLowerCase()} is malformed: ${detail}.`),
    ),
    ...unknown.map(({ oid }) =>
      finding('critical-extension-unknown', certificate, `${label} has the critical extension ${nameOf(oid)}.`),
    ),
  ]
}

function nameOf(oid: string): string {
  return NAMES[oid] ? `${NAMES[oid]} (${oid})` : cutOid(oid)
}
