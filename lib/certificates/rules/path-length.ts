import { isSelfIssued } from '../arrange-chain'
import { finding } from '../finding'
import type { Rule } from './rule'

/** RFC 5280 §4.2.1.9, §6.1.4 (l), (m): how many intermediates that are not self-issued may follow; the root's limit too. */
export const pathLength: Rule = ({ path, leaf }) => {
  const first = leaf ? 1 : 0
  return path.flatMap((certificate, position) => {
    const limit = certificate.basicConstraints?.pathLength ?? null
    if (position < first || limit === null || !certificate.basicConstraints?.isCa) return []
    const below = path.slice(first, position).filter((intermediate) => !isSelfIssued(intermediate)).length
    if (below <= limit) return []
    const message = `${certificate.label} allows ${limit} intermediates below it, and there are ${below}.`
    return [finding('path-length-exceeded', certificate, message)]
  })
}
