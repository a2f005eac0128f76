import { sql } from 'drizzle-orm'
import type { Database, Transaction } from '@/db/client'
import type { CalendarAddress } from './chain-schema'

/** The new address takes the place of the one before, which is dead from then on. */
export async function replaceCalendar(
  tx: Transaction,
  row: { applicationId: string; tokenHash: Buffer; createdBy: string },
  now: Date,
): Promise<void> {
  await tx.execute(sql`
    insert into certificate_calendars (application_id, token_hash, created_by, created_at)
    values (${row.applicationId}, ${row.tokenHash}, ${row.createdBy}, ${now.toISOString()}::timestamptz)
    on conflict (application_id) do update
      set token_hash = excluded.token_hash, created_by = excluded.created_by, created_at = excluded.created_at`)
}

export async function findCalendar(db: Database, applicationId: string): Promise<CalendarAddress | null> {
  const [row] = await db.execute<{ created_at: string; name: string | null }>(sql`
    select k.created_at, p.name from certificate_calendars k left join people p on p.id = k.created_by
    where k.application_id = ${applicationId}`)
  return row ? { createdAt: new Date(row.created_at), createdBy: row.name } : null
}

export async function findByToken(
  db: Database,
  tokenHash: Buffer,
): Promise<{ applicationId: string; applicationName: string; createdBy: string } | null> {
  const [row] = await db.execute<{ application_id: string; name: string; created_by: string }>(sql`
    select k.application_id, a.name, k.created_by from certificate_calendars k
    join applications a on a.id = k.application_id
    where k.token_hash = ${tokenHash}`)
  return row ? { applicationId: row.application_id, applicationName: row.name, createdBy: row.created_by } : null
}
