import { sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { addMs, SECOND } from '@/lib/core/time'
import { trustStoreVersion } from './bump-trust-store'

/** How often a process says which version it has, unless it has just got another. */
export const REPORT_EVERY_MS = 5 * SECOND
// A process that misses three of its reports is not there, or does not reach the database.
const SILENT_MS = 4 * REPORT_EVERY_MS

export async function reportTrustStore(db: Database, replicaId: string, version: number, now: Date): Promise<void> {
  await db.execute(sql`
    insert into trust_store_reports (replica_id, version, reported_at)
    values (${replicaId}, ${version}, ${now.toISOString()}::timestamptz)
    on conflict (replica_id) do update set version = excluded.version, reported_at = excluded.reported_at`)
}

export async function endTrustStoreReports(db: Database, replicaId: string): Promise<void> {
  await db.execute(sql`delete from trust_store_reports where replica_id = ${replicaId}`)
}

export type TrustStoreSpread = { version: number; replicas: { replicaId: string; version: number; reportedAt: Date }[] }

/** The version that everybody should have, and the processes that serve with the one that each has. */
export async function readTrustStoreSpread(db: Database, now: Date): Promise<TrustStoreSpread> {
  const version = await trustStoreVersion(db)
  const rows = await db.execute<{ replica_id: string; version: string; reported_at: string }>(sql`
    select replica_id, version, reported_at from trust_store_reports
    where reported_at > ${addMs(now, -SILENT_MS).toISOString()}::timestamptz order by replica_id`)
  return {
    version,
    replicas: rows.map((row) => ({
      replicaId: row.replica_id,
      version: Number(row.version),
      reportedAt: new Date(row.reported_at),
    })),
  }
}
