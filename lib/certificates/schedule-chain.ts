import { requireStepUp } from '@/lib/access/require'
import { getApplicationFor } from '@/lib/applications/access'
import { withApproval } from '@/lib/approvals/with-approval'
import type { Context } from '@/lib/context/context'
import { invalid, notFound } from '@/lib/core/errors'
import { bumpTrustStore } from './bump-trust-store'
import type { ScheduleChainInput } from './chain-schema'
import type { ChainState } from './chain-state'
import * as store from './chain-store'
import { closeOneWayWhereDue } from './close-one-way'
import { scheduleRefused } from './errors'
import { recordChainEvent } from './record-chain-event'

/**
 * Moves the start of a chain that has not started, and with it the cut-over of those that it replaces; sets the end of one that has not ended (its cut-over), or takes an end
 * back that has not come. What ends a chain never waits for a second member.
 * @throws NotFound, DomainError `permission-required`, `step-up-required`, `second-member-required`, `schedule-refused`
 */
export async function scheduleChain(
  ctx: Context,
  input: ScheduleChainInput,
): Promise<{ certificateId: string; state: ChainState | null }> {
  const { certificateId, change } = input
  const moment = input.moment ?? ctx.now
  if (moment < ctx.now) throw invalid('moment', 'moment-past', 'Enter a moment that is still to come.')

  return withApproval(ctx, async (tx, requireApproval) => {
    const found = await store.findChain(tx, certificateId, ctx.now)
    if (!found) throw notFound(`no chain ${certificateId}`)
    const { applicationId, environment } = found
    await getApplicationFor({ ...ctx, db: tx }, { applicationId }, 'certificates.submit', environment)
    requireStepUp(ctx)
    if (change !== 'end') {
      const when = change === 'keep' ? 'its end taken back' : `start ${input.moment?.toISOString() ?? 'at once'}`
      const permission = 'certificates.submit'
      await requireApproval({ applicationId, environment, permission, subject: `${certificateId}: ${when}` })
    }
    await store.lockPlace(tx, found)
    const moved = change === 'start' ? await store.moveStart(tx, certificateId, moment, ctx.now) : []
    const changed =
      change === 'start' || (await store.moveEnd(tx, certificateId, change === 'end' ? moment : null, ctx.now))
    if (!moved || !changed) throw scheduleRefused()
    for (const { id, endsAt } of moved) {
      const data = { endsAt: endsAt.toISOString(), replacedBy: certificateId }
      await recordChainEvent(tx, ctx, {
        action: 'certificate.end-set',
        applicationId,
        environment,
        subjectId: id,
        data,
      })
    }
    await closeOneWayWhereDue(tx, ctx, found)
    await bumpTrustStore(tx, ctx.now)
    const action = { start: 'certificate.start-set', end: 'certificate.end-set', keep: 'certificate.end-lifted' }[
      change
    ]
    const data = change === 'keep' ? {} : { [change === 'start' ? 'startsAt' : 'endsAt']: moment.toISOString() }
    await recordChainEvent(tx, ctx, { action, applicationId, environment, subjectId: certificateId, data })
    const state = (await store.findChain(tx, certificateId, ctx.now))?.state ?? null
    return { certificateId, state }
  })
}
