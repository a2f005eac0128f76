import { sql } from 'drizzle-orm'
import { requirePerson } from '@/lib/access/require'
import type { Context } from '@/lib/context/context'

/** Live Connections by account id, for the Customer that the person acts for. An account without any is left out. */
export async function countConnections(ctx: Context): Promise<Map<string, number>> {
  const { actor } = requirePerson(ctx)
  const rows = await ctx.db.execute<{ account_id: string; n: number }>(sql`
    select account_id, count(*)::int as n from connections
    where customer_id = ${actor.customerId} and granted_at is not null and revoked_at is null
    group by account_id`)
  return new Map(rows.map((row) => [row.account_id, row.n]))
}
