import { requirePerson } from '@/lib/access/require'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import type { UnsubscribeDeviceInput } from './schema'
import { deleteOwnSubscription } from './store'

/** Turns notifications off on one of the person's own devices; one that has none already stays as it is. */
export async function unsubscribeDevice(ctx: Context, input: UnsubscribeDeviceInput): Promise<void> {
  const { actor } = requirePerson(ctx)
  await ctx.db.transaction(async (tx) => {
    const id = await deleteOwnSubscription(tx, actor.personId, input)
    if (id) await recordEvent(tx, ctx, { action: 'device.unsubscribed', subjectId: id })
  })
}
