import type { Work } from '../der/der'
import { finding } from '../finding'
import { findIssuerUrl } from '../issuer-url'
import { shortName, toHex } from '../name'
import { type Certificate, EXTENSION } from '../parse-certificate'
import { findMissingRoot } from '../trust'
import type { Rule } from './rule'

/** Seed 001: the chain must be full, starting with leaf and ending with root; with an incomplete chain it will be rejected. */
export const completeness: Rule = (chain) => {
  const { path, above, leaf, root, hasUnread, work } = chain
  const last = path.at(-1)
  if (!last || root || hasUnread) return []
  const keyId = last.authorityKeyId?.keyId
  const wanted = `${last.issuer.text}${keyId ? `, key ${toHex(keyId)}` : ''}`
  const message = `The issuer of ${last.label.toLowerCase()} is not in the file: ${wanted}.`
  const known = findMissingRoot(chain)
  if (known) {
    const fix = `Append the trusted root ${shortName(known.subject)}: SHA-256 ${known.sha256}.`
    return [finding('root-missing', last, message, fix)]
  }
  if (above.length > 0) return [finding('intermediate-missing', last, message, fixFor(last, 'Insert', work))]
  if (last === leaf && path.length === 1) {
    return [finding('issuers-missing', last, `${message} Nor is any other authority.`, fixFor(last, 'Append', work))]
  }
  return [finding('root-missing', last, message, fixFor(last, 'Append', work))]
}

function fixFor(certificate: Certificate, verb: 'Append' | 'Insert', work: Work): string | undefined {
  const url = findIssuerUrl(
    certificate.extensions.find(({ oid }) => oid === EXTENSION.authorityInfoAccess),
    work,
  )
  if (!url) return undefined
  const command = `curl -s '${url}' | openssl x509 -inform der -out issuer.pem`
  return `${verb} the certificate of the issuer. The certificate says where it is: ${command}. Repeat with that one up to the self-signed root.`
}
