import { requireStepUp } from '@/lib/access/require'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { invalid } from '@/lib/core/errors'
import { newId } from '@/lib/core/ids'
import { holdEnvironment } from './access'
import { parseCallback } from './callback'
import { callbackExists, callbackLimitReached } from './errors'
import type { AddCallbackInput } from './schema'
import * as store from './store'

/** @throws NotFound, DomainError `permission-required`, `step-up-required`, `callback-exists`, `callback-limit-reached` */
export async function addCallback(ctx: Context, input: AddCallbackInput): Promise<{ callbackId: string }> {
  const parsed = parseCallback(input.url)
  if ('problem' in parsed) throw invalid('url', 'callback-invalid', parsed.problem)

  return ctx.db.transaction(async (tx) => {
    const { applicationId, customerId } = await holdEnvironment(tx, ctx, input, 'callbacks.change')
    requireStepUp(ctx)
    const callbackId = newId('callback')
    const createdBy = ctx.actor.kind === 'person' ? ctx.actor.personId : null
    const row = {
      ...parsed.ok,
      id: callbackId,
      applicationId,
      environment: input.environment,
      createdBy,
      createdAt: ctx.now,
    }
    const outcome = await store.insertCallback(tx, row)
    if (outcome === 'exists') throw callbackExists()
    if (outcome === 'limit') throw callbackLimitReached()
    await recordEvent(tx, ctx, {
      action: 'callback.added',
      customerId,
      applicationId,
      environment: input.environment,
      subjectId: callbackId,
      data: { url: parsed.ok.url },
    })
    return { callbackId }
  })
}
