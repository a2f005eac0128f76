import { requirePerson } from '@/lib/access/require'
import type { Context } from '@/lib/context/context'
import { notFound } from '@/lib/core/errors'
import type { ConnectionRef, OwnedConnection } from './schema'
import { findOwned } from './store'

/** @throws NotFound, alike for one that is missing, never granted, or of a Customer that the person does not belong to */
export async function getOwnedConnection(ctx: Context, input: ConnectionRef): Promise<OwnedConnection> {
  const { personId } = requirePerson(ctx).actor
  const connection = await findOwned(ctx.db, personId, input.connectionId, ctx.now)
  if (!connection) throw notFound(`no connection ${input.connectionId} for ${personId}`)
  return connection
}
