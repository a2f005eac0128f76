import { type SQL, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { addDays } from '@/lib/core/time'

const BATCH = 10_000

/**
 * Forgets authorization requests a day after they are over. A code stays while a family that it minted lives, so that its reuse
 * ends that (RFC 6749 §4.1.2), and its request with it. Of a request with a nonce the nonce stays for good, and nothing else:
 * it is never seen twice (seed 002).
 */
export async function sweepAuthorizations(db: Database, now: Date): Promise<void> {
  const at = sql`${now.toISOString()}::timestamptz`
  const isOver = sql`expires_at < ${addDays(now, -1).toISOString()}::timestamptz`
  await inBatches(
    db,
    sql`
    delete from authorization_codes where code_hash in (
      select c.code_hash from authorization_codes c
      where c.${isOver} and not exists (
        select from authorization_code_grants g
        join token_families f on f.id = g.family_id and f.revoked_at is null
        join consents o on o.id = f.consent_id and o.revoked_at is null and o.expires_at > ${at}
        where g.code_hash = c.code_hash)
      limit ${BATCH})
    returning 1 as swept`,
  )
  const withoutCode = sql`r.${isOver} and (nonce is null or browser_hash is not null)
    and not exists (select from authorization_codes c where c.request_id = r.id)`
  await inBatches(
    db,
    sql`
    delete from authorization_requests where id in (
      select r.id from authorization_requests r where nonce is null and ${withoutCode} limit ${BATCH})
    returning 1 as swept`,
  )
  await inBatches(
    db,
    sql`
    update authorization_requests set redirect_uri = '', state = null, scopes = '{}', authorization_details = null,
      code_challenge = null, jwk_thumbprint = null, browser_hash = null, person_id = null, consent_ids = null
    where id in (
      select r.id from authorization_requests r where nonce is not null and ${withoutCode} limit ${BATCH})
    returning 1 as swept`,
  )
}

async function inBatches(db: Database, statement: SQL): Promise<void> {
  while ((await db.execute(statement)).length === BATCH);
}
