import { requireStepUp } from '@/lib/access/require'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { holdEnvironment } from './access'
import type { ChangeProfileInput, Profile } from './schema'
import * as store from './store'

/**
 * Takes effect with the application's next request. @throws NotFound, DomainError
 * `permission-required`, `step-up-required`
 */
export async function changeProfile(ctx: Context, input: ChangeProfileInput): Promise<{ profile: Profile }> {
  const { environment, profile } = input

  return ctx.db.transaction(async (tx) => {
    const { applicationId, customerId } = await holdEnvironment(tx, ctx, input, 'profile.change')
    requireStepUp(ctx)
    const before = await store.replaceProfile(tx, applicationId, environment, profile)
    if (before !== profile) {
      await recordEvent(tx, ctx, {
        action: 'profile.changed',
        customerId,
        applicationId,
        environment,
        subjectId: applicationId,
        data: { from: before, to: profile },
      })
    }
    return { profile }
  })
}
