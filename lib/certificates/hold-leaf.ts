import { sql } from 'drizzle-orm'
import type { Transaction } from '@/db/client'

/** Until the transaction ends. An application's chain and a core that take one leaf at the same moment find each other. */
export async function holdLeaf(tx: Transaction, leafSha256: Buffer): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`leaf:${leafSha256.toString('hex')}`}, 0))`)
}
