import { type Chain, type ChainWork, isSelfIssued } from '../arrange-chain'
import { finding } from '../finding'
import { describeGeneralName, type GeneralName, type NameKind } from '../general-name'
import type { Certificate } from '../parse-certificate'
import type { Finding } from '../schema'
import type { Rule } from './rule'
import { isWellFormedConstraint, matchesSubtree } from './subtree'

const EMAIL_ADDRESS = '1.2.840.113549.1.9.1'
const COMPARED: readonly NameKind[] = ['dns', 'email', 'uri', 'ip', 'directory']

/**
 * Most comparisons of names with subtrees in one submission, counted before they are made. OpenSSL gives up at 2^20; chains in
 * use need some hundreds.
 */
export const MAX_COMPARISONS = 2 ** 16
/** A comparison walks the name: each so many characters count as one more. */
const CHARACTERS_EACH = 256

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
      const shown = list(broken)
      return [
        finding('name-constraints-unsupported', authority, `${authority.label} has malformed constraints: ${shown}.`),
      ]
    }
    return subjectsBelow(chain, position).flatMap((certificate) => judge(chain.work, certificate, authority))
  })

/** Self-issued certificates are exempt unless they are the last one. */
function subjectsBelow({ path }: Chain, position: number): Certificate[] {
  return path.slice(0, position).filter((certificate, index) => index === 0 || !isSelfIssued(certificate))
}

function judge(work: ChainWork, certificate: Certificate, authority: Certificate): Finding[] {
  const permitted = byKind(authority.nameConstraints?.permitted ?? [])
  const excluded = byKind(authority.nameConstraints?.excluded ?? [])
  const findings: Finding[] = []
  for (const name of namesOf(certificate)) {
    const kept = permitted.get(name.kind)
    const barred = excluded.get(name.kind)
    if (!kept && !barred) continue
    if (!COMPARED.includes(name.kind)) {
      const message = `${authority.label} limits names of the kind “${name.kind}”, and ${certificate.label.toLowerCase()} has one.`
      findings.push(finding('name-constraints-unsupported', authority, message))
      continue
    }
    work.comparisons += costOf(name, kept) + costOf(name, barred)
    if (work.comparisons > MAX_COMPARISONS) {
      const message = `The names of ${certificate.label.toLowerCase()} and the constraints of certificate ${authority.index + 1} are too many to compare.`
      return [...findings, finding('name-constraints-too-complex', certificate, message)]
    }
    const isBarred = barred?.subtrees.some((subtree) => matchesSubtree(name, subtree, 'excluded'))
    const isKept = !kept || kept.subtrees.some((subtree) => matchesSubtree(name, subtree, 'permitted'))
    if (isKept && !isBarred) continue
    const rule = isBarred ? `excludes ${barred?.shown}` : `permits only ${kept?.shown}`
    const message = `${certificate.label} has the name ${describeGeneralName(name)}, but certificate ${authority.index + 1} ${rule}.`
    findings.push(finding('name-constraint-violated', certificate, message))
  }
  return findings
}

type Subtrees = { subtrees: GeneralName[]; shown: string }

function byKind(all: GeneralName[]): Map<NameKind, Subtrees> {
  const groups = Map.groupBy(all, ({ kind }) => kind)
  return new Map([...groups].map(([kind, subtrees]) => [kind, { subtrees, shown: list(subtrees) }]))
}

/** What comparing a name with all of them may cost. */
function costOf(name: GeneralName, against: Subtrees | undefined): number {
  if (!against) return 0
  if (name.kind === 'directory') return against.subtrees.reduce((sum, subtree) => sum + lengthOf(subtree), 0)
  return against.subtrees.length * lengthOf(name)
}

function lengthOf(name: GeneralName): number {
  if (name.kind === 'directory') return 1 + name.name.relativeNames.length
  return 'value' in name ? 1 + Math.floor(name.value.length / CHARACTERS_EACH) : 1
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
