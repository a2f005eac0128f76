import { requirePerson } from '@/lib/access/require'
import type { Context } from '@/lib/context/context'
import type { OwnedConnection, Page } from './schema'
import { listOwned } from './store'

/** Granted Connections to accounts of every Customer that the person belongs to, newest first. */
export async function listConnections(
  ctx: Context,
  input: { revoked: boolean; page: number },
): Promise<Page<OwnedConnection>> {
  return listOwned(ctx.db, requirePerson(ctx).actor.personId, input, ctx.now)
}
