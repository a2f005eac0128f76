import { requireOperator } from '@/lib/access/operator'
import type { Context } from '@/lib/context/context'
import * as store from './store'

/** Every source of revocation that is asked, those that fail first; a thousand at most. @throws DomainError `operator-required` */
export async function listRevocationSources(ctx: Context): Promise<store.SourceStatus[]> {
  requireOperator(ctx)
  return store.listSources(ctx.db)
}
