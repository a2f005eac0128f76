import { type Anchor, arrangeChain, type Chain, type ChainWork, membersOf } from './arrange-chain'
import { describeChain } from './describe-chain'
import { finding } from './finding'
import type { FindingCode } from './finding-codes'
import { shortName } from './name'
import { type AskOpenssl, askOpenssl } from './openssl'
import type { Certificate } from './parse-certificate'
import { encodePem } from './pem/base64'
import { readCertificates } from './pem/read-certificates'
import { ALL_RULES } from './rules/all-rules'
import { type ChainReport, type Finding, MAX_BYTES, type Severity, type Verdict, type WireReport } from './schema'
import { findMissingRoot, judgeTrust, parseAnchor } from './trust'

export type { Anchor } from './arrange-chain'

/**
 * Asks whether certificates were revoked, leaf to root. What it cannot find out is a finding of its own severity. Asked only of a
 * chain that an anchor vouches for: nobody else aims our requests.
 */
export type CheckRevocation = (path: Certificate[], at: Date) => Promise<Finding[]>

export type CheckChainInput = {
  bytes: Uint8Array | string
  anchors: Anchor[]
  at: Date
  /** Without it, or without an anchor, every certificate below the root is `revocation-unchecked`. */
  revocation?: CheckRevocation
  /** Another second opinion than that of the openssl program here. */
  openssl?: AskOpenssl
}

export type CheckedChain = {
  report: ChainReport
  /** Canonical DER, leaf to root; null where the chain is rejected. */
  chain: Buffer[] | null
  work: ChainWork
}

/**
 * Whether a submitted chain is complete, ordered, sound, of a trusted root, and fit for a TLS handshake. Reads nothing but
 * its input, stores and logs nothing. All findings at once; a second opinion is asked where our own checks found no fault but
 * in the order.
 */
export async function checkChain(input: CheckChainInput): Promise<CheckedChain> {
  const work: ChainWork = { nodes: 0, signatures: 0, comparisons: 0 }
  const read = readCertificates(toBuffer(input.bytes), work)
  const arranged = arrangeChain(read.certificates, input.anchors, work)
  const anchors = input.anchors.map(parseAnchor)
  const chain: Chain = { ...arranged, hasUnread: read.hasUnread, at: input.at, anchors }
  const findings = [...read.findings, ...ALL_RULES.flatMap((rule) => rule(chain))]

  const trust = judgeTrust(chain)
  findings.push(...trust.findings)
  if (isWhole(chain) && errorsOf(findings).every(({ code }) => MENDED_BY_ORDER.includes(code))) {
    findings.push(...(await askOthers(chain, trust.anchor, input)))
  }
  findings.sort(bySeverityAndPlace)
  const verdict = decide(findings)
  const report: ChainReport = {
    verdict,
    findings: cap(findings),
    ...describeChain(chain),
    trusted: chain.root && trust.anchor !== null,
    missingRoot: describeMissingRoot(chain),
    reordered: offerOrder(chain, findings),
  }
  return { report, chain: verdict === 'reject' ? null : chain.path.map(({ der }) => der), work }
}

/** Most that a report holds; who sends thousands of faults is told of the gravest. */
export const MAX_FINDINGS = 100

function cap(sorted: Finding[]): Finding[] {
  if (sorted.length <= MAX_FINDINGS) return sorted
  const more = sorted.length - MAX_FINDINGS
  return [...sorted.slice(0, MAX_FINDINGS), finding('findings-more', null, `There are ${more} more findings.`)]
}

export function toWireReport(file: string, { verdict, findings }: ChainReport): WireReport {
  return { file, verdict, findings }
}

const MENDED_BY_ORDER: readonly FindingCode[] = [
  'order-reversed',
  'order-wrong',
  'certificate-duplicate',
  'certificate-unrelated',
]
const REVIEWED: readonly FindingCode[] = ['root-unknown', 'openssl-refuses', 'openssl-unavailable']

// A copy bounded by the limit: one byte more is enough to see that it is too large.
function toBuffer(bytes: Uint8Array | string): Buffer {
  if (typeof bytes === 'string') return Buffer.from(bytes.slice(0, MAX_BYTES + 1), 'utf8')
  return Buffer.from(bytes.subarray(0, MAX_BYTES + 1))
}

function isWhole({ leaf, root, hasUnread }: Chain): boolean {
  return leaf !== null && root !== null && leaf !== root && !hasUnread
}

function errorsOf(findings: Finding[]): Finding[] {
  return findings.filter(({ severity }) => severity === 'error')
}

/** Any error: reject. Else an unknown root, or OpenSSL alone refuses or cannot be asked: review (contract.md). */
function decide(findings: Finding[]): Verdict {
  if (errorsOf(findings).length > 0) return 'reject'
  return findings.some(({ code }) => REVIEWED.includes(code)) ? 'review' : 'accept'
}

async function askOthers(chain: Chain, anchor: Buffer | null, input: CheckChainInput): Promise<Finding[]> {
  const path = chain.path.map(({ der }) => der)
  const [leaf, ...others] = path as [Buffer, ...Buffer[]]
  const root = others.pop() as Buffer
  const ask = input.openssl ?? askOpenssl
  const [opinion, revocation] = await Promise.all([
    ask({ leaf, intermediates: others, root: anchor ?? root, at: input.at }),
    input.revocation && anchor ? input.revocation(chain.path, input.at) : leaveUnchecked(chain),
  ])
  if (opinion.says === 'accept') return revocation
  return opinion.says === 'refuse'
    ? [finding('openssl-refuses', null, `OpenSSL refuses this chain: ${opinion.reason}.`), ...revocation]
    : [finding('openssl-unavailable', null, `OpenSSL could not be asked: ${opinion.reason}.`), ...revocation]
}

function leaveUnchecked({ path }: Chain): Finding[] {
  return path.slice(0, -1).map((certificate) => {
    const message = `Whether ${certificate.label.toLowerCase()} was revoked has not been asked.`
    return finding('revocation-unchecked', certificate, message)
  })
}

const SEVERITY_ORDER: Record<Severity, number> = { error: 0, warning: 1, unchecked: 2 }

function bySeverityAndPlace(a: Finding, b: Finding): number {
  return SEVERITY_ORDER[a.severity] - SEVERITY_ORDER[b.severity] || (a.certificate ?? -1) - (b.certificate ?? -1)
}

function describeMissingRoot(chain: Chain): ChainReport['missingRoot'] {
  const root = findMissingRoot(chain)
  return root && { name: shortName(root.subject), sha256: root.sha256, pem: encodePem(root.der) }
}

function offerOrder(chain: Chain, findings: Finding[]): string | null {
  const errors = errorsOf(findings)
  if (!isWhole(chain) || errors.length === 0) return null
  if (!errors.every(({ code }) => MENDED_BY_ORDER.includes(code))) return null
  return membersOf(chain)
    .map(({ der }) => encodePem(der))
    .join('')
}
