import { sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { addDays, addMs, HOUR } from '@/lib/core/time'

const KEPT_DAYS = 30
/** For each environment, and apart: what anybody can bring about must not push out what was proved. */
const KEPT = 15

/** Forgets refused certificates beyond the newest few of each environment, and processes that ended without a word. */
export async function sweepHandshakes(db: Database, now: Date): Promise<void> {
  await db.execute(sql`
    delete from certificate_refusals r using (
      select application_id, environment, code, laid_by, leaf_sha256, last_at, row_number() over (
        partition by application_id, environment, laid_by = 'application-key' order by last_at desc, leaf_sha256) as nth
      from certificate_refusals
    ) n
    where (r.application_id, r.environment, r.code, r.laid_by, r.leaf_sha256)
        = (n.application_id, n.environment, n.code, n.laid_by, n.leaf_sha256)
      and (n.nth > ${KEPT} or r.last_at < ${addDays(now, -KEPT_DAYS).toISOString()}::timestamptz)`)
  await db.execute(sql`
    delete from trust_store_reports where reported_at < ${addMs(now, -HOUR).toISOString()}::timestamptz`)
}
