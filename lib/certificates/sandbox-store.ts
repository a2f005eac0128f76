import { eq, sql } from 'drizzle-orm'
import type { Database, Transaction } from '@/db/client'
import type { sandboxCertificates } from '@/db/schema/certificates'
import { settings } from '@/db/schema/settings'

export async function findSetting(db: Database, name: string): Promise<Buffer | null> {
  const [row] = await db.select({ sealed: settings.sealed }).from(settings).where(eq(settings.name, name))
  return row?.sealed ?? null
}

/** Whether this value is the one that is kept: of several at once the first wins, and the others wait for it. */
export async function keepSetting(tx: Transaction, name: string, sealed: Buffer): Promise<boolean> {
  const rows = await tx
    .insert(settings)
    .values({ name, sealed })
    .onConflictDoNothing()
    .returning({ name: settings.name })
  return rows.length === 1
}

/** False where the application had as many in the 24 hours before. The caller holds its environment. */
export async function insertSandboxCertificate(
  tx: Transaction,
  row: typeof sandboxCertificates.$inferInsert,
  limit: number,
  now: Date,
): Promise<boolean> {
  const at = now.toISOString()
  const rows = await tx.execute(sql`
    insert into sandbox_certificates (serial, application_id, kind, not_after, revoked_at, created_by, created_at)
    select ${row.serial}, ${row.applicationId}, ${row.kind}, ${row.notAfter.toISOString()}::timestamptz,
      ${row.revokedAt?.toISOString() ?? null}::timestamptz, ${row.createdBy ?? null}, ${at}::timestamptz
    where (
      select count(*) from sandbox_certificates
      where application_id = ${row.applicationId} and created_at > ${at}::timestamptz - interval '1 day'
    ) < ${limit}
    returning serial`)
  return rows.length === 1
}

/** Revoked and not expired: an expired one needs no entry (RFC 5280 §5). */
export async function listRevoked(db: Database, now: Date): Promise<{ serial: string; revokedAt: Date }[]> {
  const rows = await db.execute<{ serial: string; revoked_at: string }>(sql`
    select serial, revoked_at from sandbox_certificates
    where revoked_at is not null and not_after > ${now.toISOString()}::timestamptz
    order by revoked_at, serial`)
  return rows.map((row) => ({ serial: row.serial, revokedAt: new Date(row.revoked_at) }))
}

/** Changes with the entries of `listRevoked`: one that comes is the newest, one that goes is one fewer. */
export async function findRevokedVersion(db: Database, now: Date): Promise<string> {
  const [row] = await db.execute<{ version: string }>(sql`
    select concat_ws(' ', count(*), max(revoked_at), min(not_after)) as version from sandbox_certificates
    where revoked_at is not null and not_after > ${now.toISOString()}::timestamptz`)
  return row?.version ?? ''
}

export async function findRevoked(db: Database, serial: string): Promise<Date | null> {
  const [row] = await db.execute<{ revoked_at: string | null }>(sql`
    select revoked_at from sandbox_certificates where serial = ${serial}`)
  return row?.revoked_at ? new Date(row.revoked_at) : null
}
