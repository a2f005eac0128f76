import { requireStepUp } from '@/lib/access/require'
import { holdEnvironment } from '@/lib/applications/access'
import { withApproval } from '@/lib/approvals/with-approval'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { addDays } from '@/lib/core/time'
import { enterSecret } from './enter-secret'
import { secretLimitReached } from './errors'
import type { MadeSecret, MakeSecretInput } from './schema'
import * as store from './store'

/**
 * One more Application Secret beside those that live. Its plaintext is in this answer and nowhere else, ever.
 * @throws NotFound, DomainError `permission-required`, `step-up-required`, `second-member-required`, `secret-limit-reached`
 */
export async function makeSecret(ctx: Context, input: MakeSecretInput): Promise<MadeSecret> {
  const { environment, lifetimeDays } = input
  const endsAt = lifetimeDays === undefined ? null : addDays(ctx.now, lifetimeDays)

  return withApproval(ctx, async (tx, requireApproval) => {
    const held = await holdEnvironment(tx, ctx, input, 'credentials.make')
    requireStepUp(ctx)
    await requireApproval({
      applicationId: held.applicationId,
      environment,
      permission: 'credentials.make',
      subject: lifetimeDays === undefined ? 'without an end' : `for ${lifetimeDays} days`,
    })
    const made = await enterSecret(tx, ctx, { ...held, environment }, 'made', (row) =>
      store.insertSecretWithinLimit(tx, { ...row, endsAt }, ctx.now),
    )
    if (!made) throw secretLimitReached()
    await recordEvent(tx, ctx, {
      action: 'secret.made',
      customerId: held.customerId,
      applicationId: held.applicationId,
      environment,
      subjectId: made.secretId,
      data: { hint: made.hint, endsAt: endsAt?.toISOString() ?? null },
    })
    return made
  })
}
