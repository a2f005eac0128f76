import { type SQL, sql } from 'drizzle-orm'
import type { Database, Transaction } from '@/db/client'
import type { Environment } from '@/lib/core/secrets'
import { addDays } from '@/lib/core/time'
import type { VerificationKey } from './find-public-keys'
import { PUBLIC_KEY_LIMIT, type PublicKey, type PublicKeyAlgorithm } from './public-key-schema'
import { usesIn24Hours } from './uses-in-24-hours'

/** A key with a lifetime counts as ending from the first notice on. */
const ENDING_DAYS = 30

export type Place = { applicationId: string; customerId: string; environment: Environment }

export type NewPublicKey = Place & {
  id: string
  kid: string
  algorithm: PublicKeyAlgorithm
  jwk: Record<string, unknown>
  thumbprint: string
  createdBy: string | null
  endsAt: Date | null
}

function timestamp(moment: Date | null): SQL {
  return sql`${moment === null ? null : moment.toISOString()}::timestamptz`
}

/** Of `application_public_keys k`. */
function isLive(now: Date): SQL {
  return sql`k.revoked_at is null and (k.ends_at is null or k.ends_at > ${timestamp(now)})`
}

export async function findPublicKeys(
  db: Database,
  place: { applicationId: string; environment: string },
  now: Date,
): Promise<VerificationKey[]> {
  const rows = await db.execute<VerificationKey>(sql`
    select k.id, k.kid, k.algorithm, k.jwk from application_public_keys k
    where k.application_id = ${place.applicationId} and k.environment = ${place.environment} and ${isLive(now)}
    order by k.created_at`)
  return [...rows]
}

export type Insertion = {
  isMade: boolean
  /** The same key, whatever became of it. */
  same: { id: string; kid: string; isLive: boolean; endsAt: Date | null } | null
  isKidTaken: boolean
}

/**
 * Decides and inserts in one statement: nothing where the key or its name is there, or the limit is reached. The caller holds
 * the application's environment, so that the rows counted are all there are.
 */
export async function insertWithinLimit(tx: Transaction, key: NewPublicKey, now: Date): Promise<Insertion> {
  const thumbprint = Buffer.from(key.thumbprint, 'base64url')
  const [row] = await tx.execute<{
    made: boolean
    same: { id: string; kid: string; is_live: boolean; ends_at: string | null } | null
    kid_taken: boolean
  }>(sql`
    with all_keys as (
      select k.id, k.kid, k.thumbprint, k.revoked_at, k.ends_at, ${isLive(now)} as is_live from application_public_keys k
      where k.application_id = ${key.applicationId} and k.environment = ${key.environment}
    ), made as (
      insert into application_public_keys (
        id, application_id, environment, kid, algorithm, jwk, thumbprint, created_by, created_at, ends_at, ends_because)
      select ${key.id}, ${key.applicationId}, ${key.environment}, ${key.kid}, ${key.algorithm},
        ${JSON.stringify(key.jwk)}::text::jsonb, ${thumbprint}, ${key.createdBy}, ${timestamp(now)},
        ${timestamp(key.endsAt)}, ${key.endsAt === null ? null : 'lifetime'}
      where not exists (select 1 from all_keys where thumbprint = ${thumbprint})
        and not exists (select 1 from all_keys where kid = ${key.kid} and revoked_at is null)
        and (select count(*) from all_keys where is_live) < ${PUBLIC_KEY_LIMIT}
      returning id
    )
    select exists (select 1 from made) as made,
      (select jsonb_build_object('id', id, 'kid', kid, 'is_live', is_live, 'ends_at', ends_at)
        from all_keys where thumbprint = ${thumbprint}) as same,
      exists (select 1 from all_keys where kid = ${key.kid} and revoked_at is null) as kid_taken`)
  const same = row?.same
  return {
    isMade: row?.made ?? false,
    same: same
      ? { id: same.id, kid: same.kid, isLive: same.is_live, endsAt: same.ends_at ? new Date(same.ends_at) : null }
      : null,
    isKidTaken: row?.kid_taken ?? false,
  }
}

/** Gives every other live key an end, or an earlier one than it has. */
export async function endOthers(
  tx: Transaction,
  place: Place,
  kept: string[],
  endsAt: Date,
  now: Date,
): Promise<{ publicKeyId: string; kid: string; endsAt: Date }[]> {
  const rows = await tx.execute<{ id: string; kid: string; ends_at: string }>(sql`
    update application_public_keys k set ends_at = ${timestamp(endsAt)}, ends_because = 'rotation'
    where k.application_id = ${place.applicationId} and k.environment = ${place.environment} and ${isLive(now)}
      and not k.id = any(${sql.param(kept)}::text[]) and (k.ends_at is null or k.ends_at > ${timestamp(endsAt)})
    returning k.id, k.kid, k.ends_at`)
  return rows.map((row) => ({ publicKeyId: row.id, kid: row.kid, endsAt: new Date(row.ends_at) }))
}

/** Of an application that was read within the tenant before. Live ones first, then newest first. */
export async function listPublicKeys(
  db: Database,
  { applicationId, environment }: { applicationId: string; environment: Environment },
  now: Date,
): Promise<PublicKey[]> {
  const rows = await db.execute<{
    id: string
    kid: string
    algorithm: PublicKeyAlgorithm
    thumbprint: string
    created_at: string
    created_by: string | null
    ends_at: string | null
    ends_because: PublicKey['endsBecause']
    revoked_at: string | null
    keeps_tokens: boolean
    last_used_at: string | null
    last_address: string | null
    uses_in_day: number
    state: PublicKey['state']
  }>(sql`
    select k.id, k.kid, k.algorithm, encode(k.thumbprint, 'base64') as thumbprint, k.created_at, p.name as created_by,
      k.ends_at, k.ends_because, k.revoked_at, k.keeps_tokens, u.last_used_at, u.last_address,
      ${usesIn24Hours(now, 'u')} as uses_in_day,
      case
        when k.revoked_at is not null then 'revoked'
        when k.ends_at <= ${timestamp(now)} then 'expired'
        when k.ends_because = 'lifetime' and k.ends_at > ${timestamp(addDays(now, ENDING_DAYS))} then 'active'
        when k.ends_at is not null then 'ending'
        else 'active'
      end as state
    from application_public_keys k
    left join people p on p.id = k.created_by
    left join usage_marks u on u.subject_id = k.id
    where k.application_id = ${applicationId} and k.environment = ${environment}
    order by not (${isLive(now)}), k.created_at desc, k.id
    limit 200`)
  const toDate = (value: string | null) => (value === null ? null : new Date(value))
  return rows.map((row) => ({
    id: row.id,
    environment,
    kid: row.kid,
    algorithm: row.algorithm,
    thumbprint: Buffer.from(row.thumbprint, 'base64').toString('base64url'),
    state: row.state,
    createdAt: new Date(row.created_at),
    createdBy: row.created_by,
    lastUsedAt: toDate(row.last_used_at),
    lastAddress: row.last_address,
    usesInDay: row.uses_in_day,
    endsAt: toDate(row.ends_at),
    endsBecause: row.ends_because,
    revokedAt: toDate(row.revoked_at),
    keepsTokens: row.keeps_tokens,
  }))
}

/** Where a key belongs, for the verb to decide whose it is. */
export async function findPlace(db: Database, publicKeyId: string): Promise<Place | null> {
  const [row] = await db.execute<{ application_id: string; customer_id: string; environment: Environment }>(sql`
    select k.application_id, a.customer_id, k.environment from application_public_keys k
    join applications a on a.id = k.application_id
    where k.id = ${publicKeyId}`)
  return row ? { applicationId: row.application_id, customerId: row.customer_id, environment: row.environment } : null
}

/** Whether this call changed something. What was revoked with its tokens kept can lose them too, never the other way round. */
export async function revoke(
  tx: Transaction,
  applicationId: string,
  publicKeyId: string,
  keepsTokens: boolean,
  now: Date,
): Promise<boolean> {
  const rows = await tx.execute(sql`
    update application_public_keys
    set revoked_at = coalesce(revoked_at, ${timestamp(now)}), keeps_tokens = ${keepsTokens}
    where id = ${publicKeyId} and application_id = ${applicationId}
      and (revoked_at is null or (keeps_tokens and not ${keepsTokens}::boolean))
    returning id`)
  return rows.length === 1
}
