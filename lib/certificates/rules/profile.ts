import { authoritiesOf, isAuthority, membersOf } from '../arrange-chain'
import { finding } from '../finding'
import { type Certificate, EXTENSION } from '../parse-certificate'
import type { Rule } from './rule'

/** RFC 5280 §4.2.1: what conforming authorities MUST put in, and path validation does not ask for. */
export const profile: Rule = (chain) => {
  const authorities = authoritiesOf(chain)
  return membersOf(chain).flatMap((certificate) => {
    if (certificate.version !== 3) return []
    const departures = [
      ...(authorities.includes(certificate) ? departuresOfAuthority(certificate) : departuresOfLeaf(certificate)),
      ...(certificate === chain.root || certificate.authorityKeyId?.keyId
        ? []
        : ['no authority key identifier (§4.2.1.1)']),
    ]
    if (departures.length === 0) return []
    return [finding('ca-profile', certificate, `${certificate.label} departs from RFC 5280: ${departures.join('; ')}.`)]
  })
}

function departuresOfAuthority(certificate: Certificate): string[] {
  if (!isAuthority(certificate)) return []
  const constraints = certificate.extensions.find(({ oid }) => oid === EXTENSION.basicConstraints)
  return [
    ...(certificate.keyUsage ? [] : ['no key usage (§4.2.1.3)']),
    ...(certificate.subjectKeyId ? [] : ['no subject key identifier (§4.2.1.2)']),
    ...(constraints?.critical ? [] : ['basic constraints not critical (§4.2.1.9)']),
  ]
}

function departuresOfLeaf({ basicConstraints }: Certificate): string[] {
  const isLimited = basicConstraints && !basicConstraints.isCa && basicConstraints.pathLength !== null
  return isLimited ? ['a path length on a certificate that is no authority (§4.2.1.9)'] : []
}
