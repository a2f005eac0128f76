import { type Chain, isSelfIssued } from '../arrange-chain'
import { finding } from '../finding'
import { toHex } from '../name'
import type { Certificate } from '../parse-certificate'
import type { Finding } from '../schema'
import type { Rule } from './rule'
import { isVerifiable } from './signature-algorithm'

/** RFC 5280 §6.1.3 (a)(1), (a)(4): each certificate bears the name and the signature of the one after it, a root its own. */
export const issuers: Rule = (chain) => {
  const pairs = [...pairsOf(chain.path), ...pairsOf(chain.above)]
  const tops = [chain.path.at(-1), chain.above.at(-1)].filter((top) => top && isSelfIssued(top)) as Certificate[]
  return [
    ...pairs.flatMap(([child, issuer]) => judgePair(chain, child, issuer)),
    ...tops.flatMap((root) => judgeRoot(chain, root)),
  ]
}

/** Whether a link would hold, for the picture of the chain. */
export function isSound(chain: Chain, child: Certificate, issuer: Certificate): boolean {
  return chain.relations.isSignedBy(child, issuer) && judgePair(chain, child, issuer).length === 0
}

function pairsOf(path: Certificate[]): [Certificate, Certificate][] {
  return path.slice(1).map((issuer, index) => [path[index] as Certificate, issuer])
}

function judgePair({ relations, work }: Chain, child: Certificate, issuer: Certificate): Finding[] {
  const findings: Finding[] = []
  const between = `${child.label} and its issuer, certificate ${issuer.index + 1}`
  if (!relations.namesMatch(child, issuer)) {
    const same = child.issuer.relativeNames.join() === issuer.subject.relativeNames.join()
    const reason = same ? 'The names read alike, but are encoded differently' : 'The names differ'
    const detail = `expected ${child.issuer.text}, found ${issuer.subject.text}`
    findings.push(finding('issuer-name-differs', child, `${reason} between ${between}: ${detail}.`))
  }
  if (relations.isSignedBy(child, issuer)) {
    const mismatch = describeMismatch(child, issuer)
    if (mismatch) findings.push(finding('key-id-differs', child, `${between[0]}${between.slice(1)}: ${mismatch}.`))
    return findings
  }
  // Where the algorithm or the key is not one of ours, that is the finding.
  if (!isVerifiable(child, work) || !issuer.key) return findings
  if (relations.keyIdsMatch(child, issuer) === false) {
    const expected = toHex(child.authorityKeyId?.keyId ?? Buffer.alloc(0))
    const found = toHex(issuer.subjectKeyId ?? Buffer.alloc(0))
    const message = `${issuer.label} has the name of the issuer of certificate ${child.index + 1}, but another key: expected key identifier ${expected}, found ${found}.`
    findings.push(finding('issuer-key-differs', issuer, message))
  } else {
    const message = `The signature on ${child.label.toLowerCase()} is not that of certificate ${issuer.index + 1}: one of the two was changed or is not the right one.`
    findings.push(finding('signature-invalid', child, message))
  }
  return findings
}

function judgeRoot({ relations, work }: Chain, root: Certificate): Finding[] {
  if (!relations.isSignedBy(root, root)) {
    if (!isVerifiable(root, work) || !root.key) return []
    return [
      finding('signature-invalid', root, `The signature on ${root.label.toLowerCase()}, the root, is not its own.`),
    ]
  }
  const mismatch = describeMismatch(root, root)
  return mismatch ? [finding('key-id-differs', root, `${root.label}, the root: ${mismatch}.`)] : []
}

/** RFC 5280 §4.2.1.1: the key by its identifier, or the certificate by issuer and serial number. */
function describeMismatch({ authorityKeyId: named }: Certificate, issuer: Certificate): string | null {
  if (!named) return null
  if (named.keyId && issuer.subjectKeyId && !named.keyId.equals(issuer.subjectKeyId)) {
    return `expected key identifier ${toHex(named.keyId)}, found ${toHex(issuer.subjectKeyId)}`
  }
  if (named.serial && !named.serial.equals(issuer.serial)) {
    return `expected serial number ${toHex(named.serial)}, found ${toHex(issuer.serial)}`
  }
  if (named.issuer && !named.issuer.raw.equals(issuer.issuer.raw)) {
    return `expected an issuer of ${named.issuer.text}, found ${issuer.issuer.text}`
  }
  return null
}
