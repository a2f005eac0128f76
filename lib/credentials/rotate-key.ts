import { requireStepUp } from '@/lib/access/require'
import { holdEnvironment } from '@/lib/applications/access'
import { withApproval } from '@/lib/approvals/with-approval'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { newHexToken } from '@/lib/core/secrets'
import { addMs } from '@/lib/core/time'
import { keyRotationUnderWay } from './errors'
import { OVERLAP_MS, type RotatedKey, type RotateKeyInput } from './schema'
import * as store from './store'

/**
 * A new Application Key; the present one answers beside it until the overlap has run out, with any live secret (ADR-0082).
 * Of several rotations at once one gets through.
 * @throws NotFound, DomainError `permission-required`, `step-up-required`, `second-member-required`,
 * `rotation-under-way`
 */
export async function rotateKey(ctx: Context, input: RotateKeyInput): Promise<RotatedKey> {
  const { environment, overlap } = input
  const endsAt = addMs(ctx.now, OVERLAP_MS[overlap])

  return withApproval(ctx, async (tx, requireApproval) => {
    const { applicationId, customerId } = await holdEnvironment(tx, ctx, input, 'keys.rotate')
    requireStepUp(ctx)
    await requireApproval({ applicationId, environment, permission: 'keys.rotate', subject: `overlap ${overlap}` })
    const previous = await store.endCurrentKey(tx, { applicationId, environment, endsAt, now: ctx.now })
    if (previous === null) throw keyRotationUnderWay()
    const clientId = newHexToken()
    const createdBy = ctx.actor.kind === 'person' ? ctx.actor.personId : null
    await store.insertCurrentKey(tx, { clientId, applicationId, environment, createdBy, createdAt: ctx.now })
    await recordEvent(tx, ctx, {
      action: 'key.rotated',
      customerId,
      applicationId,
      environment,
      subjectId: clientId,
      data: { previous, overlap },
    })
    return { applicationId, clientId, previous: [{ clientId: previous, endsAt }] }
  })
}
