import { requireOperator } from '@/lib/access/operator'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { notFound } from '@/lib/core/errors'
import type { ApplicationInput, SuspendApplicationInput } from './schema'
import * as store from './store'

type Outcome = { applicationId: string; suspended: boolean }

/**
 * Its tokens, secrets and Connection Codes stop working with the next call: whatever checks one joins this row. Suspending
 * what is suspended changes nothing and says so by success.
 */
export async function suspendApplication(ctx: Context, input: SuspendApplicationInput): Promise<Outcome> {
  return setSuspended(ctx, input.applicationId, { at: ctx.now, reason: input.reason ?? null })
}

/** What was granted to it works again, unless it was revoked meanwhile. */
export async function resumeApplication(ctx: Context, input: ApplicationInput): Promise<Outcome> {
  return setSuspended(ctx, input.applicationId, null)
}

async function setSuspended(
  ctx: Context,
  idOrKey: string,
  suspended: { at: Date; reason: string | null } | null,
): Promise<Outcome> {
  requireOperator(ctx)
  return ctx.db.transaction(async (tx) => {
    const application = await store.findApplication(tx, null, idOrKey)
    if (!application) throw notFound(`no application ${idOrKey}`)
    const changed = await store.setSuspended(tx, application.id, suspended)
    if (changed) {
      await recordEvent(tx, ctx, {
        action: suspended ? 'application.suspended' : 'application.resumed',
        customerId: application.customerId,
        applicationId: application.id,
        subjectId: application.id,
        data: suspended ? { reason: suspended.reason } : {},
      })
    }
    return { applicationId: application.id, suspended: suspended !== null }
  })
}
