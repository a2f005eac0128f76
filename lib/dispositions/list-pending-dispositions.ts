import { requirePerson } from '@/lib/access/require'
import type { Context } from '@/lib/context/context'
import type { PendingDisposition } from './schema'
import { listOpenOfImporter } from './store'

/** What the person has imported and not decided yet, the one that ends first on top. */
export function listPendingDispositions(ctx: Context): Promise<PendingDisposition[]> {
  return listOpenOfImporter(ctx.db, requirePerson(ctx).actor.personId, ctx.now)
}
