import { requireStepUp } from '@/lib/access/require'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { notFound } from '@/lib/core/errors'
import { tenantToChange } from './access'
import type { ChangeProfileInput, Profile } from './schema'
import * as store from './store'

/** Takes effect with the application's next request. @throws DomainError `step-up-required` */
export async function changeProfile(ctx: Context, input: ChangeProfileInput): Promise<{ profile: Profile }> {
  const tenant = { customerId: tenantToChange(ctx) }
  const { applicationId, environment, profile } = input

  return ctx.db.transaction(async (tx) => {
    const before = await store.replaceProfile(tx, tenant, applicationId, environment, profile)
    if (before === null) throw notFound(`no ${environment} of application ${applicationId} of ${tenant.customerId}`)
    requireStepUp(ctx)
    if (before !== profile) {
      await recordEvent(tx, ctx, {
        action: 'profile.changed',
        applicationId,
        environment,
        subjectId: applicationId,
        data: { from: before, to: profile },
      })
    }
    return { profile }
  })
}
