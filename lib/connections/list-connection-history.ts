import { requirePerson } from '@/lib/access/require'
import { type ListedEvent, listEvents } from '@/lib/audit/list-events'
import type { Context } from '@/lib/context/context'
import { notFound } from '@/lib/core/errors'
import type { ConnectionRef } from './schema'
import { findRevocable } from './store'

/**
 * What happened to a granted Connection, newest first, for whoever belongs to its Customer, whichever Customer they act for
 * at the moment. @throws NotFound
 */
export async function listConnectionHistory(ctx: Context, input: ConnectionRef): Promise<ListedEvent[]> {
  const { actor } = requirePerson(ctx)
  const row = await findRevocable(ctx.db, input.connectionId, actor.personId)
  if (!row) throw notFound(`no granted connection ${input.connectionId} for ${actor.personId}`)
  return listEvents({ ...ctx, actor: { ...actor, customerId: row.customerId } }, { subjectId: row.id })
}
