import { requireOperator } from '@/lib/access/operator'
import { requireStepUp } from '@/lib/access/require'
import type { Context } from '@/lib/context/context'
import { notFound } from '@/lib/core/errors'
import type { CertificateInput, StoredCertificate } from './chain-schema'
import type { ChainState } from './chain-state'
import * as store from './chain-store'
import { keyHashOf } from './check-for-application'
import { cannotRefuse, keyRegistered, notInReview, planTooLate } from './errors'
import { recordChainEvent } from './record-chain-event'
import { applyPlan } from './submit-chain'

/**
 * An operator accepts a chain that waits for review, once its root is an anchor. It starts at its chosen moment, now at the
 * earliest, and the cut-over moves with it. Of two applications with chains of one key the first to be approved has it.
 * @throws NotFound, DomainError `not-in-review`, `key-registered`, `plan-too-late`
 */
export async function approveChain(
  ctx: Context,
  input: CertificateInput,
): Promise<{ certificateId: string; state: ChainState }> {
  requireReviewer(ctx)
  const { certificateId } = input

  return ctx.db.transaction(async (tx) => {
    const found = await store.findChain(tx, certificateId, ctx.now)
    if (!found) throw notFound(`no chain ${certificateId}`)
    const place = { applicationId: found.applicationId, environment: found.environment }
    await store.lockPlace(tx, place)
    const { certificates } = await store.findContent(tx, certificateId)
    const keySha256 = keyHashOf((certificates[0] as StoredCertificate).der)
    if (!(await store.claimKey(tx, keySha256, place.applicationId))) throw keyRegistered()
    if (!(await store.approveChain(tx, certificateId, keySha256, ctx.now))) throw notInReview()
    const chain = await store.findChain(tx, certificateId, ctx.now)
    const { startsAt, replacesAt, closesOneWayAt, notAfter } = chain ?? found
    if ([startsAt, replacesAt, closesOneWayAt].some((moment) => moment && moment >= notAfter)) throw planTooLate()
    const state = chain?.state ?? found.state
    await applyPlan(tx, ctx, place, certificateId, chain?.replacesAt ?? null)
    await recordChainEvent(tx, ctx, {
      action: 'certificate.approved',
      ...place,
      subjectId: certificateId,
      data: { state },
    })
    return { certificateId, state }
  })
}

/** The chain ends here; it never had a claim on its key. @throws NotFound, DomainError `not-in-review` */
export async function refuseChain(
  ctx: Context,
  input: CertificateInput,
): Promise<{ certificateId: string; state: ChainState }> {
  requireReviewer(ctx)
  const { certificateId } = input

  return ctx.db.transaction(async (tx) => {
    const refused = await store.refuseChain(tx, certificateId, ctx.now)
    const chain = await store.findChain(tx, certificateId, ctx.now)
    if (!chain) throw notFound(`no chain ${certificateId}`)
    if (!refused) throw cannotRefuse()
    const { applicationId, environment, state } = chain
    await recordChainEvent(tx, ctx, {
      action: 'certificate.refused',
      applicationId,
      environment,
      subjectId: certificateId,
    })
    return { certificateId, state }
  })
}

function requireReviewer(ctx: Context): void {
  requireOperator(ctx)
  requireStepUp(ctx)
}
