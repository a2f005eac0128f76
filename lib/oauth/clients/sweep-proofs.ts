import { sql } from 'drizzle-orm'
import type { Database } from '@/db/client'

/** Forgets assertions and proofs that would be refused as too old anyway (RFC 7523 §3, RFC 9449 §11.1). */
export async function sweepProofs(db: Database, now: Date): Promise<void> {
  await db.execute(sql`delete from spent_proofs where expires_at < ${now.toISOString()}::timestamptz`)
}
