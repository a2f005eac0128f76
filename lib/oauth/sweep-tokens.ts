import { type SQL, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { firstFamilyIdAt } from '@/lib/core/new-family-id'
import { addDays } from '@/lib/core/time'
import { REFRESH_FAMILY_DAYS, REFRESH_GRACE_SECONDS } from './token-pair'

const BATCH = 10_000

/**
 * Erases successors that may no longer be given out; a used token's hash stays with its family, so that its reuse is
 * noticed. Families that ended a day ago go with their used tokens, in bounded batches: their ids ascend with their time. One with a
 * consent stays as long as that, which may have been renewed. Those of client credentials, which nothing refreshes, are found by
 * their end.
 */
export async function sweepTokens(db: Database, now: Date): Promise<void> {
  await db.execute(sql`
    update token_rotations set successor_sealed = null
    where successor_sealed is not null and rotated_at < ${now.toISOString()}::timestamptz - make_interval(secs => ${REFRESH_GRACE_SECONDS})`)
  const dayBefore = addDays(now, -1).toISOString()
  const boundary = firstFamilyIdAt(addDays(now, -REFRESH_FAMILY_DAYS - 1).getTime())
  await inBatches(
    db,
    sql`
      select f.id from token_families f left join consents o on o.id = f.consent_id and o.revoked_at is null
      where f.id < ${boundary}::uuid and f.expires_at < ${now.toISOString()}::timestamptz
        and (o.id is null or o.expires_at < ${dayBefore}::timestamptz)
      order by f.id limit ${BATCH}`,
  )
  await inBatches(
    db,
    sql`
      select id from token_families
      where refresh_key is null and consent_id is null and expires_at < ${dayBefore}::timestamptz
      order by expires_at limit ${BATCH}`,
  )
}

async function inBatches(db: Database, families: SQL): Promise<void> {
  for (;;) {
    const deleted = await db.execute(sql`
      with ended as (
        delete from token_families where id in (${families}) returning id
      ), spent as (delete from token_rotations where family_id in (select id from ended))
      select 1 from ended`)
    if (deleted.length < BATCH) return
  }
}
