import { isAuthority } from '../arrange-chain'
import { finding } from '../finding'
import { shortName } from '../name'
import type { Rule } from './rule'

/** What is neither the leaf nor one of its issuers. */
export const unrelatedCertificates: Rule = ({ strays, leaf, root, hasUnread }) => {
  // A leaf that vouches for itself, or a block that could not be read, explains the others.
  if (hasUnread || (leaf && leaf === root)) return []
  return strays.map((stray) => {
    const name = shortName(stray.subject)
    return leaf && !isAuthority(stray)
      ? finding(
          'leaf-several',
          stray,
          `${stray.label} (${name}) is a second leaf, beside certificate ${leaf.index + 1}.`,
        )
      : finding('certificate-unrelated', stray, `${stray.label} (${name}) issued none of the others.`)
  })
}
