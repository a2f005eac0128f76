import { X509Certificate } from 'node:crypto'
import type { Transaction } from '@/db/client'
import { requireStepUp } from '@/lib/access/require'
import { getApplicationFor, holdEnvironment } from '@/lib/applications/access'
import { withApproval } from '@/lib/approvals/with-approval'
import type { Context } from '@/lib/context/context'
import { invalid } from '@/lib/core/errors'
import { newId } from '@/lib/core/ids'
import { sha256 } from '@/lib/core/secrets'
import { addMs } from '@/lib/core/time'
import { sendMail } from '@/lib/people/send-mail'
import { bumpTrustStore } from './bump-trust-store'
import { CHAIN_LIMIT, type StoredCertificate, type SubmitChainInput } from './chain-schema'
import type { ChainState } from './chain-state'
import * as store from './chain-store'
import { type Checked, checkForApplication, keyHashOf, withFinding } from './check-for-application'
import { holdsPrivateKey } from './check-submission'
import { closeOneWayWhereDue } from './close-one-way'
import { describeName } from './describe-name'
import { certificateExists, tooManyChains } from './errors'
import { holdLeaf } from './hold-leaf'
import { limitSubmissions } from './limit-checks'
import { listOperators } from './notice-store'
import { readUpload } from './read-upload'
import { recordChainEvent } from './record-chain-event'
import { type AskedBefore, registerSources } from './revocation/register-sources'
import type { ChainReport } from './schema'
import { fingerprintOf } from './sign-certificate'

/** `certificateId` and `state` are null where the chain was rejected: nothing of it is stored then. */
export type SubmittedChain = { report: ChainReport; certificateId: string | null; state: ChainState | null }

/**
 * Checks a chain and, unless it is rejected, stores it: active at once or from the chosen start where an anchor vouches for
 * it, pending review otherwise. The first chain of all that becomes active makes mutual TLS the only way, at once or at the
 * chosen moment. Of two submissions of one leaf, or of one key by two applications that an anchor vouches for, one succeeds;
 * while it waits for review a chain claims no key.
 * @throws NotFound, DomainError `permission-required`, `step-up-required`, `second-member-required`, `certificate-exists`,
 * `certificate-limit-reached`, `too-many-checks`
 */
export async function submitChain(ctx: Context, input: SubmitChainInput): Promise<SubmittedChain> {
  const { environment } = input
  const application = await getApplicationFor(ctx, input, 'certificates.submit', environment)
  requireStepUp(ctx)
  const plan = planOf(ctx, input)
  const place = { applicationId: application.id, environment }
  await limitSubmissions(ctx, application.id)
  const checked = await checkForApplication(ctx, place, await readUpload(input))
  if (checked.report.verdict === 'reject' || !checked.chain) return recordRejection(ctx, place, checked.report)

  const [leaf] = checked.chain
  assertPlanFits(plan, earliestEnd(checked.chain.map(describe)))
  const stored = await withApproval(ctx, async (tx, requireApproval) => {
    const { name } = await holdEnvironment(tx, ctx, place, 'certificates.submit')
    await requireApproval({
      ...place,
      permission: 'certificates.submit',
      subject: actOf(input, leaf as Buffer),
    })
    const submitted = await storeChain(tx, ctx, place, plan, checked)
    if (submitted?.state === 'pending-review') await askForReview(tx, place, name, submitted)
    return submitted
  })
  return stored ?? recordRejection(ctx, place, withFinding(checked.report, 'key-registered'))
}

type Plan = { startsAt: Date; replacesAt: Date | null; closesOneWayAt: Date }

/** @throws DomainError where a moment is missing, past, or before the start. */
function planOf(ctx: Context, input: SubmitChainInput): Plan {
  const startsAt = input.start === 'later' ? input.startsAt : ctx.now
  if (!startsAt) throw invalid('startsAt', 'start-missing', 'Enter when it starts.')
  if (startsAt < ctx.now) throw invalid('startsAt', 'start-past', 'Enter a moment that is still to come.')
  const replacesAt = input.others === 'end' ? (input.replacesAt ?? startsAt) : null
  if (replacesAt && replacesAt < startsAt) {
    throw invalid('replacesAt', 'cut-over-early', 'The others cannot end before this one starts.')
  }
  const closesOneWayAt = input.closesOneWayAt ?? startsAt
  if (closesOneWayAt < startsAt) {
    throw invalid('closesOneWayAt', 'closing-early', 'Mutual TLS cannot be required before the certificate starts.')
  }
  return { startsAt, replacesAt, closesOneWayAt }
}

/** What starts, or ends others, once the chain itself has ended would leave nothing that counts. @throws DomainError */
function assertPlanFits({ startsAt, replacesAt, closesOneWayAt }: Plan, end: Date): void {
  const until = `before ${end.toISOString().slice(0, 16).replace('T', ' ')} UTC, when the chain ends`
  if (startsAt >= end) throw invalid('startsAt', 'start-late', `Enter a moment ${until}.`)
  if (replacesAt && replacesAt >= end) throw invalid('replacesAt', 'cut-over-late', `Enter a moment ${until}.`)
  if (closesOneWayAt >= end) throw invalid('closesOneWayAt', 'closing-late', `Enter a moment ${until}.`)
}

/** The plan as it was asked for, to the word: a second member approves this, and nothing that differs from it. */
function actOf(input: SubmitChainInput, leaf: Buffer): string {
  const start = input.start === 'later' ? input.startsAt?.toISOString() : 'at once'
  const cutOver = input.replacesAt?.toISOString() ?? 'when it starts'
  const others = input.others === 'end' ? `end ${cutOver}` : 'stay'
  const closing = input.closesOneWayAt?.toISOString() ?? 'when it starts'
  return `SHA-256 ${fingerprintOf(leaf)}, start ${start}, others ${others}, mutual TLS required ${closing}`
}

/** Null where another application has the key since the check, or a core has the certificate. */
async function storeChain(
  tx: Transaction,
  ctx: Context,
  place: store.Place,
  plan: Plan,
  { report, chain, anchors, asked }: Checked,
): Promise<SubmittedChain | null> {
  const certificates = (chain ?? []).map(describe)
  const leaf = certificates[0] as StoredCertificate
  const certificateId = newId('chain')
  const approved = report.verdict === 'accept'
  const keySha256 = keyHashOf(leaf.der)
  const leafSha256 = sha256(leaf.der)
  await holdLeaf(tx, leafSha256)
  if (await store.isLeafOfCore(tx, leafSha256)) return null
  if (approved && !(await store.claimKey(tx, keySha256, place.applicationId))) return null

  const closed = await store.hasClosedOneWay(tx, place)
  const row: store.NewChain = {
    ...place,
    id: certificateId,
    subject: leaf.subject,
    leafSha256,
    rootSha256: sha256(anchorOf(certificates.at(-1) as StoredCertificate, anchors)),
    keySha256: approved ? keySha256 : null,
    notBefore: latestBeginning(certificates),
    notAfter: earliestEnd(certificates),
    report,
    submittedBy: ctx.actor.kind === 'person' ? ctx.actor.personId : null,
    submittedAt: ctx.now,
    approvedAt: approved ? ctx.now : null,
    startsAt: plan.startsAt,
    replacesAt: plan.replacesAt,
    closesOneWayAt: closed ? null : plan.closesOneWayAt,
  }
  const outcome = await store.insertChain(tx, row, certificates, CHAIN_LIMIT)
  if (outcome === 'exists') throw certificateExists()
  if (outcome === 'limit') throw tooManyChains(CHAIN_LIMIT)
  if (approved) await applyPlan(tx, ctx, place, certificateId, plan.replacesAt, asked)
  const state = (await store.findChain(tx, certificateId, ctx.now))?.state ?? null
  await recordChainEvent(tx, ctx, {
    action: 'certificate.submitted',
    ...place,
    subjectId: certificateId,
    data: { state, sha256: leaf.sha256, startsAt: plan.startsAt.toISOString() },
  })
  return { report, certificateId, state }
}

/**
 * What an approved chain does: others end at its cut-over, mutual TLS becomes the only way where that is due, and its revocation is
 * asked for from now on.
 */
export async function applyPlan(
  tx: Transaction,
  ctx: Context,
  place: store.Place,
  certificateId: string,
  replacesAt: Date | null,
  asked: readonly AskedBefore[] = [],
): Promise<void> {
  if (replacesAt) {
    const ended = await store.endOthers(tx, place, certificateId, replacesAt, ctx.now)
    for (const subjectId of ended) {
      const data = { endsAt: replacesAt.toISOString(), replacedBy: certificateId }
      await recordChainEvent(tx, ctx, { action: 'certificate.end-set', ...place, subjectId, data })
    }
  }
  await closeOneWayWhereDue(tx, ctx, place)
  await bumpTrustStore(tx, ctx.now)
  await registerSources(tx, ctx, certificateId, asked)
}

/** Operators alone can accept it. An unknown root and a disagreement with OpenSSL are both told by their codes. */
async function askForReview(
  tx: Transaction,
  { environment }: store.Place,
  application: string,
  { certificateId, report }: SubmittedChain,
): Promise<void> {
  const reasons = report.findings.map(({ code }) => code).join(', ')
  const certificate = report.certificates.find(({ role }) => role === 'leaf')?.subject ?? ''
  for (const operator of await listOperators(tx)) {
    const values = { application, environment, certificate, reasons, certificateId: certificateId ?? '' }
    await sendMail(tx, operator, 'certificate-in-review', values)
  }
}

/** A refusal is an event too: its codes, and nothing of what was submitted. */
async function recordRejection(ctx: Context, place: store.Place, report: ChainReport): Promise<SubmittedChain> {
  const action = holdsPrivateKey(report) ? 'certificate.private-key-refused' : 'certificate.rejected'
  const errors = report.findings.filter(({ severity }) => severity === 'error')
  const codes = [...new Set(errors.map(({ code }) => code))]
  await ctx.db.transaction((tx) =>
    recordChainEvent(tx, ctx, { action, ...place, subjectId: place.applicationId, data: { codes } }),
  )
  return { report, certificateId: null, state: null }
}

function describe(der: Buffer): StoredCertificate & { notBefore: Date } {
  const { subject, validFrom, validTo } = new X509Certificate(der)
  return {
    der,
    sha256: sha256(der).toString('hex'),
    subject: describeName(subject),
    notBefore: new Date(validFrom),
    notAfter: new Date(validTo),
  }
}

/** The anchor that vouches for a root: that very certificate, or one of the same name and key; else the root itself. */
function anchorOf(root: StoredCertificate, anchors: Buffer[]): Buffer {
  const submitted = new X509Certificate(root.der)
  const same = anchors.find((anchor) => anchor.equals(root.der))
  const reissued = anchors.find((anchor) => {
    const candidate = new X509Certificate(anchor)
    return candidate.subject === submitted.subject && candidate.publicKey.equals(submitted.publicKey)
  })
  return same ?? reissued ?? root.der
}

function latestBeginning(certificates: { notBefore: Date }[]): Date {
  return new Date(Math.max(...certificates.map(({ notBefore }) => notBefore.getTime())))
}

/** RFC 5280 §4.1.2.5: valid "through notAfter, inclusive"; a moment at which it is no longer, then. */
function earliestEnd(certificates: { notAfter: Date }[]): Date {
  return addMs(new Date(Math.min(...certificates.map(({ notAfter }) => notAfter.getTime()))), 1000)
}
