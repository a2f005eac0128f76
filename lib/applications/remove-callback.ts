import { requireStepUp } from '@/lib/access/require'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { notFound } from '@/lib/core/errors'
import { holdEnvironment } from './access'
import type { RemoveCallbackInput } from './schema'
import * as store from './store'

/**
 * Removing what is removed already succeeds and leaves no second audit row.
 * @throws NotFound, DomainError `permission-required`, `step-up-required`
 */
export async function removeCallback(ctx: Context, input: RemoveCallbackInput): Promise<{ callbackId: string }> {
  return ctx.db.transaction(async (tx) => {
    const callback = await store.findCallback(tx, input.applicationId, input.callbackId)
    if (!callback) throw notFound(`no callback ${input.callbackId} of ${input.applicationId}`)
    const place = { applicationId: input.applicationId, environment: callback.environment }
    const { applicationId, customerId } = await holdEnvironment(tx, ctx, place, 'callbacks.change')
    requireStepUp(ctx)
    if (await store.removeCallback(tx, input.callbackId, ctx.now)) {
      await recordEvent(tx, ctx, {
        action: 'callback.removed',
        customerId,
        applicationId,
        environment: callback.environment,
        subjectId: input.callbackId,
        data: { url: callback.url },
      })
    }
    return { callbackId: input.callbackId }
  })
}
