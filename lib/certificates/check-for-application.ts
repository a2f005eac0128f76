import { X509Certificate } from 'node:crypto'
import type { Context } from '@/lib/context/context'
import { sha256 } from '@/lib/core/secrets'
import { anchorsOf } from './anchor-store'
import { isKeyFree, type Place } from './chain-store'
import { checkChain } from './check-chain'
import { FINDINGS, type FindingCode } from './finding-codes'
import { askAtSubmission } from './revocation/ask-at-submission'
import type { AskedBefore } from './revocation/register-sources'
import type { ChainReport } from './schema'

export type Checked = { report: ChainReport; chain: Buffer[] | null; anchors: Buffer[]; asked: AskedBefore[] }

/**
 * The check of a chain, what its authorities say about revocation, and what only this installation knows: whose the leaf's
 * key is already. Stores nothing; `asked` are the answers, for who stores the chain.
 */
export async function checkForApplication(ctx: Context, place: Place, bytes: Uint8Array): Promise<Checked> {
  const anchors = await anchorsOf(ctx.db, place.environment)
  const { revocation, asked } = askAtSubmission(ctx)
  const trusted = anchors.map((der) => ({ der }))
  const { report, chain } = await checkChain({ bytes, anchors: trusted, at: ctx.now, revocation })
  const [leaf] = chain ?? []
  if (!leaf) return { report, chain: null, anchors, asked }
  const isFree = await isKeyFree(ctx.db, keyHashOf(leaf), place.applicationId)
  return { report: isFree ? report : withFinding(report, 'key-registered'), chain, anchors, asked }
}

/** SHA-256 of the leaf's SubjectPublicKeyInfo: two certificates for one key have the same. */
export function keyHashOf(der: Buffer): Buffer {
  return sha256(new X509Certificate(der).publicKey.export({ format: 'der', type: 'spki' }))
}

/** The report with one more error, which is about the leaf. */
export function withFinding(report: ChainReport, code: FindingCode): ChainReport {
  const { severity, title, meaning, fix } = FINDINGS[code]
  const leaf = report.certificates.find(({ role }) => role === 'leaf')
  const finding = {
    code,
    severity,
    certificate: leaf?.index ?? null,
    lines: leaf?.lines ?? null,
    message: `${title}. ${meaning}`,
    fix,
  }
  return { ...report, verdict: 'reject', findings: [finding, ...report.findings] }
}
