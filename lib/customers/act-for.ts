import { requirePerson } from '@/lib/access/require'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { notFound } from '@/lib/core/errors'
import type { ActForInput } from './schema'
import * as store from './store'

/** From its next request on, the session acts for that Customer. @throws NotFound for a Customer of others. */
export async function actFor(ctx: Context, input: ActForInput): Promise<{ customerId: string }> {
  const { actor } = requirePerson(ctx)

  return ctx.db.transaction(async (tx) => {
    const chosen = await store.chooseCustomer(tx, actor.sessionId, actor.personId, input.customerId)
    if (!chosen) throw notFound(`no live membership of ${actor.personId} in ${input.customerId}`)
    await recordEvent(tx, ctx, {
      action: 'customer.chosen',
      customerId: input.customerId,
      subjectId: actor.sessionId,
    })
    return { customerId: input.customerId }
  })
}
