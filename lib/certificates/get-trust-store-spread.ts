import { requireOperator } from '@/lib/access/operator'
import type { Context } from '@/lib/context/context'
import { readTrustStoreSpread, type TrustStoreSpread } from './report-trust-store'

/** @throws DomainError `operator-required` */
export async function getTrustStoreSpread(ctx: Context): Promise<TrustStoreSpread> {
  requireOperator(ctx)
  return readTrustStoreSpread(ctx.db, ctx.now)
}
