import { X509Certificate } from 'node:crypto'
import type { Context } from '@/lib/context/context'
import { sha256 } from '@/lib/core/secrets'
import { anchorsOf } from './anchor-store'
import { isKeyFree, type Place } from './chain-store'
import { checkChain } from './check-chain'
import { FINDINGS, type FindingCode } from './finding-codes'
import { findSandboxCa } from './sandbox-ca'
import { findRevoked } from './sandbox-store'
import type { ChainReport } from './schema'

export type Checked = { report: ChainReport; chain: Buffer[] | null; anchors: Buffer[] }

/**
 * The check of a chain, and what only this installation knows: whose the leaf's key is already, and what the sandbox CA has
 * revoked. Reads, and stores nothing.
 */
export async function checkForApplication(ctx: Context, place: Place, bytes: Uint8Array): Promise<Checked> {
  const anchors = await anchorsOf(ctx.db, place.environment)
  const { report, chain } = await checkChain({ bytes, anchors: anchors.map((der) => ({ der })), at: ctx.now })
  const [leaf] = chain ?? []
  if (!leaf) return { report, chain: null, anchors }
  const codes: FindingCode[] = []
  if (!(await isKeyFree(ctx.db, keyHashOf(leaf), place.applicationId))) codes.push('key-registered')
  const sandbox = await askSandboxCa(ctx, leaf)
  if (sandbox === 'revoked') codes.push('revoked')
  const told = sandbox === null ? report : withoutUnchecked(report)
  return { report: codes.reduce(withFinding, told), chain, anchors }
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

/** What our own CA knows of a leaf that it has signed, without asking over the network; null for any other. */
async function askSandboxCa(ctx: Context, leaf: Buffer): Promise<'good' | 'revoked' | null> {
  const ca = await findSandboxCa(ctx.db)
  const certificate = new X509Certificate(leaf)
  const intermediate = ca && new X509Certificate(ca.intermediate)
  if (!intermediate || !certificate.checkIssued(intermediate) || !certificate.verify(intermediate.publicKey))
    return null
  const revokedAt = await findRevoked(ctx.db, certificate.serialNumber.toLowerCase())
  return revokedAt === null ? 'good' : 'revoked'
}

function withoutUnchecked(report: ChainReport): ChainReport {
  return { ...report, findings: report.findings.filter(({ code }) => code !== 'revocation-unchecked') }
}
