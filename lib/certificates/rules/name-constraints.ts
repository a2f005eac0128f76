import { type Chain, isSelfIssued } from '../arrange-chain'
import { finding } from '../finding'
import { describeGeneralName, type GeneralName, type NameKind } from '../general-name'
import type { Certificate } from '../parse-certificate'
import type { Finding } from '../schema'
import type { Rule } from './rule'
import { isWellFormedConstraint, matchesSubtree } from './subtree'

const EMAIL_ADDRESS = '1.2.840.113549.1.9.1'
const COMPARED: readonly NameKind[] = ['dns', 'email', 'uri', 'ip', 'directory']

/**
 * RFC 5280 §4.2.1.10, §6.1.3 (b), (c): every name of a certificate is inside the permitted subtrees of its kind, where there
 * are any, and outside the excluded ones, of every authority above it, the root included.
 */
export const nameConstraints: Rule = (chain) =>
  chain.path.flatMap((authority, position) => {
    if (!authority.nameConstraints || authority === chain.leaf) return []
    const { permitted, excluded } = authority.nameConstraints
    const broken = [...permitted, ...excluded].filter((subtree) => !isWellFormedConstraint(subtree))
    if (broken.length > 0) {
      const shown = broken.map(describeGeneralName).join(', ')
      return [
        finding('name-constraints-unsupported', authority, `${authority.label} has malformed constraints: ${shown}.`),
      ]
    }
    return subjectsBelow(chain, position).flatMap((certificate) => judge(certificate, authority))
  })

/** Self-issued certificates are exempt unless they are the last one. */
function subjectsBelow({ path }: Chain, position: number): Certificate[] {
  return path.slice(0, position).filter((certificate, index) => index === 0 || !isSelfIssued(certificate))
}

function judge(certificate: Certificate, authority: Certificate): Finding[] {
  const { permitted = [], excluded = [] } = authority.nameConstraints ?? {}
  return namesOf(certificate).flatMap((name) => {
    const shown = describeGeneralName(name)
    const ofKind = (subtree: GeneralName) => subtree.kind === name.kind
    const kept = permitted.filter(ofKind)
    const barred = excluded.filter(ofKind)
    if (!COMPARED.includes(name.kind)) {
      if (kept.length + barred.length === 0) return []
      const message = `${authority.label} limits names of the kind “${name.kind}”, and ${certificate.label.toLowerCase()} has one.`
      return [finding('name-constraints-unsupported', authority, message)]
    }
    const isBarred = barred.some((subtree) => matchesSubtree(name, subtree, 'excluded'))
    const isKept = kept.length === 0 || kept.some((subtree) => matchesSubtree(name, subtree, 'permitted'))
    if (isKept && !isBarred) return []
    const rule = isBarred ? `excludes ${list(barred)}` : `permits only ${list(kept)}`
    const message = `${certificate.label} has the name ${shown}, but certificate ${authority.index + 1} ${rule}.`
    return [finding('name-constraint-violated', certificate, message)]
  })
}

function list(subtrees: GeneralName[]): string {
  return subtrees.slice(0, 5).map(describeGeneralName).join(', ') + (subtrees.length > 5 ? ', …' : '')
}

/** The subject, the alternative names, and where there are none, the e-mail addresses of the subject. */
function namesOf({ subject, alternativeNames }: Certificate): GeneralName[] {
  const emails = subject.attributes.filter(({ type }) => type === EMAIL_ADDRESS)
  return [
    ...(subject.attributes.length > 0 ? [{ kind: 'directory' as const, name: subject }] : []),
    ...(alternativeNames ?? []),
    ...(alternativeNames === null ? emails.map(({ value }) => ({ kind: 'email' as const, value })) : []),
  ]
}
