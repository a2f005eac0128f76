import { type Chain, membersOf } from '../arrange-chain'
import { finding } from '../finding'
import { type Certificate, EXTENSION } from '../parse-certificate'
import type { Rule } from './rule'

/** RFC 5280 §4.1.2.4, §4.1.2.6: an issuer has a name; a subject without one has a critical subjectAltName. */
export const names: Rule = (chain) =>
  membersOf(chain).flatMap((certificate) => {
    const empty = emptyName(chain, certificate)
    return empty
      ? [finding('name-empty', certificate, `The ${empty} of ${certificate.label.toLowerCase()} is empty.`)]
      : []
  })

function emptyName(chain: Chain, certificate: Certificate): string | null {
  if (certificate.issuer.attributes.length === 0) return 'issuer'
  if (certificate.subject.attributes.length > 0) return null
  const isNamed = certificate.extensions.some(({ oid, critical }) => critical && oid === EXTENSION.alternativeNames)
  return certificate === chain.leaf && isNamed ? null : 'subject'
}
