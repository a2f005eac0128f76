import { requireStepUp } from '@/lib/access/require'
import { getApplicationFor } from '@/lib/applications/access'
import { withApproval } from '@/lib/approvals/with-approval'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { notFound } from '@/lib/core/errors'
import { addMs } from '@/lib/core/time'
import { endNotLater, keyHasEnded, keyIsCurrent } from './errors'
import { type MoveKeyEndInput, OVERLAP_MS } from './schema'
import * as store from './store'

/**
 * Extends the overlap of a replaced Application Key that still answers. What has ended stays ended.
 * @throws NotFound, DomainError `permission-required`, `step-up-required`, `second-member-required`, `key-ended`,
 * `key-is-current`, `end-not-later`
 */
export async function moveKeyEnd(ctx: Context, input: MoveKeyEndInput): Promise<{ clientId: string; endsAt: Date }> {
  const { clientId, end } = input
  const endsAt = addMs(ctx.now, OVERLAP_MS[end])

  return withApproval(ctx, async (tx, requireApproval) => {
    const key = await store.findKey(tx, clientId)
    if (!key) throw notFound(`no key ${clientId}`)
    const { endsAt: before, ...place } = key
    await getApplicationFor({ ...ctx, db: tx }, place, 'keys.rotate', place.environment)
    requireStepUp(ctx)
    if (before === null) throw keyIsCurrent()
    const { applicationId, environment } = place
    const subject = `${clientId}: its end put off to ${end} from then`
    await requireApproval({ applicationId, environment, permission: 'keys.rotate', subject })
    if (!(await store.moveKeyEnd(tx, clientId, endsAt, ctx.now))) throw before > ctx.now ? endNotLater() : keyHasEnded()
    await recordEvent(tx, ctx, {
      action: 'key.end-moved',
      ...place,
      subjectId: clientId,
      data: { endsAt: endsAt.toISOString() },
    })
    return { clientId, endsAt }
  })
}
