import { requireStepUp } from '@/lib/access/require'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { notFound } from '@/lib/core/errors'
import { tenantToChange } from './access'
import type { RemoveCallbackInput } from './schema'
import * as store from './store'

/** Removing what is removed already succeeds and leaves no second audit row. @throws DomainError `step-up-required` */
export async function removeCallback(ctx: Context, input: RemoveCallbackInput): Promise<{ callbackId: string }> {
  const tenant = { customerId: tenantToChange(ctx) }

  return ctx.db.transaction(async (tx) => {
    const callback = await store.removeCallback(tx, tenant, input.applicationId, input.callbackId, ctx.now)
    if (!callback) throw notFound(`no callback ${input.callbackId} of ${tenant.customerId}`)
    requireStepUp(ctx)
    if (callback.removed) {
      await recordEvent(tx, ctx, {
        action: 'callback.removed',
        applicationId: input.applicationId,
        environment: callback.environment,
        subjectId: input.callbackId,
        data: { url: callback.url },
      })
    }
    return { callbackId: input.callbackId }
  })
}
