import { isAuthority } from '../arrange-chain'
import { finding } from '../finding'
import { shortName } from '../name'
import type { Rule } from './rule'

/** Seed 001: the chain starts with the leaf; self-signed certificates are not accepted. RFC 5280 §4.2.1.9: it is no authority. */
export const leafCertificate: Rule = ({ path, leaf, root, hasUnread }) => {
  const [lowest] = path
  if (!lowest) return []
  const name = shortName(lowest.subject)
  if (!leaf) {
    if (hasUnread) return []
    return [finding('leaf-missing', lowest, `${lowest.label} (${name}) is an authority, and nothing below it is here.`)]
  }
  const selfSigned = leaf === root
  return [
    ...(selfSigned ? [finding('leaf-self-signed', leaf, `${leaf.label} (${name}) is signed by its own key.`)] : []),
    ...(isAuthority(leaf)
      ? [finding('leaf-is-ca', leaf, `${leaf.label} (${name}) is the leaf, but its basic constraints say CA:TRUE.`)]
      : []),
  ]
}
