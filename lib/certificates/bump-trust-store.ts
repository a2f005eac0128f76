import { sql } from 'drizzle-orm'
import type { Database, Transaction } from '@/db/client'

const TRUST_STORE = 'trust-store'

/** In the transaction of whatever changes who may complete a handshake: replicas reload when the number has grown. */
export async function bumpTrustStore(tx: Transaction, now: Date): Promise<void> {
  await tx.execute(sql`
    insert into versions (name, version, changed_at) values (${TRUST_STORE}, 1, ${now.toISOString()}::timestamptz)
    on conflict (name) do update set version = versions.version + 1, changed_at = excluded.changed_at`)
}

/** 0 before the first change. */
export async function trustStoreVersion(db: Database): Promise<number> {
  const [row] = await db.execute<{ version: string }>(sql`select version from versions where name = ${TRUST_STORE}`)
  return Number(row?.version ?? 0)
}
