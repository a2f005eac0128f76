import { requireStepUp } from '@/lib/access/require'
import { holdEnvironment } from '@/lib/applications/access'
import { withApproval } from '@/lib/approvals/with-approval'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { addMs } from '@/lib/core/time'
import { enterSecret } from './enter-secret'
import { rotationUnderWay, secretLimitReached } from './errors'
import { OVERLAP_MS, type PreviousSecret, type RotatedSecret, type RotateSecretInput } from './schema'
import * as store from './store'

/**
 * A new Application Secret, and an end for all that live now: they work beside it until the overlap has run out, or until
 * nobody has used them for `unusedHours` (ADR-0081). Of several rotations at once one gets through.
 * @throws NotFound, DomainError `permission-required`, `step-up-required`, `second-member-required`, `rotation-under-way`,
 * `secret-limit-reached`
 */
export async function rotateSecret(ctx: Context, input: RotateSecretInput): Promise<RotatedSecret> {
  const { environment, overlap } = input
  const endsAt = addMs(ctx.now, OVERLAP_MS[overlap])
  const unusedHours = overlap === '0' ? null : input.unusedHours

  return withApproval(ctx, async (tx, requireApproval) => {
    const held = await holdEnvironment(tx, ctx, input, 'credentials.rotate')
    requireStepUp(ctx)
    await requireApproval({
      applicationId: held.applicationId,
      environment,
      permission: 'credentials.rotate',
      subject: `overlap ${overlap}${unusedHours ? `, less once unused for ${unusedHours} h` : ''}`,
    })
    let previous: PreviousSecret[] = []
    const made = await enterSecret(tx, ctx, { ...held, environment }, 'rotated', async (row) => {
      const outcome = await store.rotateSecrets(tx, row, { endsAt, unusedHours, now: ctx.now })
      if (outcome.isUnderWay) throw rotationUnderWay()
      previous = outcome.previous
      return outcome.isMade
    })
    if (!made) throw secretLimitReached()
    await recordEvent(tx, ctx, {
      action: 'secret.rotated',
      customerId: held.customerId,
      applicationId: held.applicationId,
      environment,
      subjectId: made.secretId,
      data: { hint: made.hint, overlap, unusedHours, previous: previous.map(({ secretId }) => secretId) },
    })
    return { ...made, previous }
  })
}
