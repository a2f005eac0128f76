import { requireOperator } from '@/lib/access/operator'
import type { Context } from '@/lib/context/context'
import * as store from './anchor-store'
import type { TrustAnchor } from './chain-schema'

export async function listAnchors(ctx: Context): Promise<TrustAnchor[]> {
  requireOperator(ctx)
  return store.listAnchors(ctx.db, ctx.now)
}
