import { authoritiesOf } from '../arrange-chain'
import { finding } from '../finding'
import { shortName } from '../name'
import { type Certificate, EXTENSION } from '../parse-certificate'
import type { Finding } from '../schema'
import type { Rule } from './rule'

/** RFC 5280 §6.1.4 (k), (n): an issuer has the CA bit, and where it has a key usage, keyCertSign. */
export const authorities: Rule = (chain) => authoritiesOf(chain).flatMap(judge)

function judge(certificate: Certificate): Finding[] {
  // Without extensions, or with a malformed one, that is the finding.
  if (certificate.version !== 3) return []
  const isMalformed = (oid: string) => certificate.malformed.some((entry) => entry.oid === oid)
  const { label, basicConstraints, keyUsage } = certificate
  const who = `${label} (${shortName(certificate.subject)}) issues another`
  const findings: Finding[] = []
  if (!basicConstraints?.isCa && !isMalformed(EXTENSION.basicConstraints)) {
    const found = basicConstraints ? 'say CA:FALSE' : 'are absent'
    findings.push(
      finding('ca-bit-missing', certificate, `${who}, but its basic constraints ${found}; expected CA:TRUE.`),
    )
  }
  if (keyUsage && !keyUsage.has('keyCertSign')) {
    const found = [...keyUsage].join(', ')
    findings.push(finding('key-cert-sign-missing', certificate, `${who}; expected keyCertSign, found ${found}.`))
  }
  return findings
}
