import { type SQL, sql } from 'drizzle-orm'
import type { Database, Transaction } from '@/db/client'
import type { Environment } from '@/lib/core/secrets'
import { addDays, MINUTE } from '@/lib/core/time'
import {
  type ApplicationKey,
  type PreviousSecret,
  SECRET_LIMIT,
  type Secret,
  type SecretSeenByGone,
  type SeenSecret,
  type Sighting,
} from './schema'
import { usesIn24Hours } from './uses-in-24-hours'

/** A secret with a lifetime counts as ending from the first notice on. */
const ENDING_DAYS = 30
/** A process that has been silent for so long is waited for no longer; what it may have seen until then counts as a use. */
const GIVEN_UP_MS = 5 * MINUTE
/** A use is marked when it is answered, and counts from when it was asked: for so long a report leaves it time. */
const ANSWERED_WITHIN_MS = MINUTE

export type NewSecret = {
  id: string
  applicationId: string
  environment: Environment
  hash: Buffer
  hint: string
  createdBy: string | null
}

/** Where a credential belongs, for the verb to decide whose it is. */
export type Place = { applicationId: string; customerId: string; environment: Environment }

/** Of `application_secrets s`, or of whatever the statement calls so. */
function isLive(now: Date): SQL {
  return sql`s.revoked_at is null and (s.ends_at is null or s.ends_at > ${timestamp(now)})`
}

function timestamp(moment: Date | null): SQL {
  return sql`${moment === null ? null : moment.toISOString()}::timestamptz`
}

function toDate(value: string): Date
function toDate(value: string | null): Date | null
function toDate(value: string | null): Date | null {
  return value === null ? null : new Date(value)
}

/**
 * Decides and inserts in one statement: false where the limit is reached. The caller holds the application's environment,
 * so that the rows counted are all there are.
 */
export async function insertSecretWithinLimit(
  tx: Transaction,
  secret: NewSecret & { endsAt: Date | null },
  now: Date,
): Promise<boolean> {
  const rows = await tx.execute(sql`
    insert into application_secrets (id, application_id, environment, secret_hash, hint, created_by, created_at, ends_at, ends_because)
    select ${secret.id}, ${secret.applicationId}, ${secret.environment}, ${secret.hash}, ${secret.hint},
      ${secret.createdBy}, ${timestamp(now)}, ${timestamp(secret.endsAt)}, ${secret.endsAt === null ? null : 'lifetime'}
    where (
      select count(*) from application_secrets s
      where s.application_id = ${secret.applicationId} and s.environment = ${secret.environment} and ${isLive(now)}
    ) < ${SECRET_LIMIT}
    returning id`)
  return rows.length === 1
}

export type Rotation = { isMade: boolean; isUnderWay: boolean; previous: PreviousSecret[] }

/**
 * Decides, inserts and ends in one statement. Nothing is made while an overlap runs, or where there is no room for old and
 * new together. The caller holds the application's environment, as above.
 */
export async function rotateSecrets(
  tx: Transaction,
  secret: NewSecret,
  rotation: { endsAt: Date; unusedHours: number | null; now: Date },
): Promise<Rotation> {
  const { endsAt, unusedHours, now } = rotation
  const isAtOnce = endsAt.getTime() === now.getTime()
  const [row] = await tx.execute<{
    made: boolean
    under_way: boolean
    previous: { id: string; hint: string; ends_at: string }[]
  }>(sql`
    with live as (
      select s.id, s.ends_because from application_secrets s
      where s.application_id = ${secret.applicationId} and s.environment = ${secret.environment} and ${isLive(now)}
    ), made as (
      insert into application_secrets (id, application_id, environment, secret_hash, hint, created_by, created_at)
      select ${secret.id}, ${secret.applicationId}, ${secret.environment}, ${secret.hash}, ${secret.hint},
        ${secret.createdBy}, ${timestamp(now)}
      where not exists (select 1 from live where ends_because = 'rotation')
        and (${isAtOnce}::boolean or (select count(*) from live) < ${SECRET_LIMIT})
      returning id
    ), replaced as (
      update application_secrets s
      set ends_at = least(s.ends_at, ${timestamp(endsAt)}), ends_because = 'rotation',
        retires_unused_hours = ${unusedHours}::int,
        retirement_chosen_at = ${timestamp(unusedHours === null ? null : now)}
      from live where s.id = live.id and exists (select 1 from made)
      returning s.id, s.hint, s.ends_at, s.created_at
    )
    select exists (select 1 from made) as made, exists (select 1 from live where ends_because = 'rotation') as under_way,
      coalesce((
        select jsonb_agg(jsonb_build_object('id', id, 'hint', hint, 'ends_at', ends_at) order by created_at desc, id) from replaced
      ), '[]') as previous`)
  return {
    isMade: row?.made ?? false,
    isUnderWay: row?.under_way ?? false,
    previous: (row?.previous ?? []).map(({ id, hint, ends_at }) => ({ secretId: id, hint, endsAt: new Date(ends_at) })),
  }
}

export async function insertSighting(
  tx: Transaction,
  sighting: { secretId: string; personId: string | null; by: Sighting['by']; at: Date; address: string | null },
): Promise<void> {
  await tx.execute(sql`
    insert into secret_sightings (secret_id, person_id, seen_by, seen_at, address)
    values (${sighting.secretId}, ${sighting.personId}, ${sighting.by}, ${timestamp(sighting.at)}, ${sighting.address})`)
}

/** Of an application that was read within the tenant before. Live ones first, then newest first; never the hash. */
export async function listSecrets(
  db: Database,
  applicationId: string,
  environment: Environment,
  now: Date,
): Promise<Secret[]> {
  const rows = await db.execute<{
    id: string
    hint: string
    created_at: string
    created_by: string | null
    ends_at: string | null
    ends_because: Secret['endsBecause']
    retires_unused_hours: number | null
    revoked_at: string | null
    keeps_tokens: boolean
    last_used_at: string | null
    last_address: string | null
    uses_in_day: number
    state: Secret['state']
    seen_by: { by: Sighting['by']; name: string | null; at: string }[]
  }>(sql`
    select s.id, s.hint, s.created_at, p.name as created_by, s.ends_at, s.ends_because, s.retires_unused_hours,
      s.revoked_at, s.keeps_tokens, u.last_used_at, u.last_address, ${usesIn24Hours(now, 'u')} as uses_in_day,
      case
        when s.revoked_at is not null then 'revoked'
        when s.ends_at <= ${timestamp(now)} then 'expired'
        when s.ends_because = 'lifetime' and s.ends_at > ${timestamp(addDays(now, ENDING_DAYS))} then 'active'
        when s.ends_at is not null then 'ending'
        else 'active'
      end as state,
      coalesce((
        select jsonb_agg(jsonb_build_object('by', g.seen_by, 'name', seer.name, 'at', g.seen_at) order by g.seen_at, g.id)
        from secret_sightings g left join people seer on seer.id = g.person_id where g.secret_id = s.id
      ), '[]') as seen_by
    from application_secrets s
    left join people p on p.id = s.created_by
    left join usage_marks u on u.subject_id = s.id
    where s.application_id = ${applicationId} and s.environment = ${environment}
    order by not (${isLive(now)}), s.created_at desc, s.id
    limit 200`)
  return rows.map((row) => ({
    id: row.id,
    environment,
    hint: row.hint,
    state: row.state,
    createdAt: toDate(row.created_at),
    createdBy: row.created_by,
    seenBy: row.seen_by.map(({ by, name, at }) => ({ by, name, at: new Date(at) })),
    lastUsedAt: toDate(row.last_used_at),
    lastAddress: row.last_address,
    usesInDay: row.uses_in_day,
    endsAt: toDate(row.ends_at),
    endsBecause: row.ends_because,
    retiresUnusedHours: row.retires_unused_hours,
    revokedAt: toDate(row.revoked_at),
    keepsTokens: row.keeps_tokens,
  }))
}

/** Of an application that was read within the tenant before: its live secrets that the person has seen, each once. */
export async function listSeenBy(
  db: Database,
  applicationId: string,
  personId: string,
  now: Date,
): Promise<SeenSecret[]> {
  const rows = await db.execute<{
    id: string
    environment: Environment
    hint: string
    created_at: string
    ends_at: string | null
    seen_at: string
    last_used_at: string | null
  }>(sql`
    select s.id, s.environment, s.hint, s.created_at, s.ends_at, max(g.seen_at) as seen_at, max(u.last_used_at) as last_used_at
    from secret_sightings g
    join application_secrets s on s.id = g.secret_id
    left join usage_marks u on u.subject_id = s.id
    where g.person_id = ${personId} and s.application_id = ${applicationId} and ${isLive(now)}
    group by s.id
    order by s.environment, s.created_at desc, s.id`)
  return rows.map((row) => ({
    id: row.id,
    environment: row.environment,
    hint: row.hint,
    createdAt: toDate(row.created_at),
    endsAt: toDate(row.ends_at),
    seenAt: toDate(row.seen_at),
    lastUsedAt: toDate(row.last_used_at),
  }))
}

/**
 * Of an application that was read within the tenant before: its live secrets beside everybody who has seen them and has no role
 * now, by the team or by the business that it belongs to, or no account any more.
 */
export async function listSeenByGone(db: Database, applicationId: string, now: Date): Promise<SecretSeenByGone[]> {
  const rows = await db.execute<{
    id: string
    environment: Environment
    hint: string
    created_at: string
    ends_at: string | null
    person_id: string
    name: string
    seen_at: string
    last_used_at: string | null
  }>(sql`
    select s.id, s.environment, s.hint, s.created_at, s.ends_at, p.id as person_id, p.name, max(g.seen_at) as seen_at,
      max(u.last_used_at) as last_used_at
    from application_secrets s
    join applications a on a.id = s.application_id
    join secret_sightings g on g.secret_id = s.id
    join people p on p.id = g.person_id
    left join usage_marks u on u.subject_id = s.id
    where s.application_id = ${applicationId} and ${isLive(now)} and (p.disabled_at is not null or (
      not exists (
        select from application_members t
        where t.application_id = s.application_id and t.person_id = p.id and t.ended_at is null)
      and not exists (
        select from memberships m where m.customer_id = a.customer_id and m.person_id = p.id and m.ended_at is null)))
    group by s.id, p.id
    order by p.name, p.id, s.environment, s.created_at desc, s.id
    limit 200`)
  return rows.map((row) => ({
    id: row.id,
    environment: row.environment,
    hint: row.hint,
    createdAt: toDate(row.created_at),
    endsAt: toDate(row.ends_at),
    personId: row.person_id,
    name: row.name,
    seenAt: toDate(row.seen_at),
    lastUsedAt: toDate(row.last_used_at),
  }))
}

export async function findApplicationName(db: Database, applicationId: string): Promise<string> {
  const [row] = await db.execute<{ name: string }>(sql`select name from applications where id = ${applicationId}`)
  return row?.name ?? ''
}

/** Applications of a Customer with live secrets that the person has seen. */
export async function listApplicationsSeenBy(
  db: Database,
  customerId: string,
  personId: string,
  now: Date,
): Promise<string[]> {
  const rows = await db.execute<{ id: string }>(sql`
    select distinct s.application_id as id from secret_sightings g
    join application_secrets s on s.id = g.secret_id
    join applications a on a.id = s.application_id
    where g.person_id = ${personId} and a.customer_id = ${customerId} and ${isLive(now)}
    order by 1`)
  return rows.map(({ id }) => id)
}

export async function findSecret(db: Database, secretId: string): Promise<Place | null> {
  const [row] = await db.execute<{ application_id: string; customer_id: string; environment: Environment }>(sql`
    select s.application_id, a.customer_id, s.environment from application_secrets s
    join applications a on a.id = s.application_id
    where s.id = ${secretId}`)
  return row ? { applicationId: row.application_id, customerId: row.customer_id, environment: row.environment } : null
}

/** Null where it has ended or was revoked. */
export async function findLive(db: Database, secretId: string, now: Date): Promise<{ endsAt: Date | null } | null> {
  const [row] = await db.execute<{ ends_at: string | null }>(sql`
    select s.ends_at from application_secrets s where s.id = ${secretId} and ${isLive(now)}`)
  return row ? { endsAt: toDate(row.ends_at) } : null
}

/**
 * Whether this call changed something. A secret revoked with its tokens kept can be revoked once more without them, never
 * the other way round.
 */
export async function revokeSecret(
  tx: Transaction,
  applicationId: string,
  secretId: string,
  keepsTokens: boolean,
  now: Date,
): Promise<boolean> {
  const rows = await tx.execute(sql`
    update application_secrets
    set revoked_at = coalesce(revoked_at, ${timestamp(now)}), keeps_tokens = ${keepsTokens}
    where id = ${secretId} and application_id = ${applicationId}
      and (revoked_at is null or (keeps_tokens and not ${keepsTokens}::boolean))
    returning id`)
  return rows.length === 1
}

/**
 * Revokes a live secret that nobody has ever used; null where there is none such. A first use holds the row while it is
 * written: whoever of the two comes second sees what the first has done.
 */
export async function revokeUnused(
  tx: Transaction,
  secretId: string,
  now: Date,
): Promise<{ endsAt: Date | null } | null> {
  await tx.execute(sql`select 1 from application_secrets where id = ${secretId} for no key update`)
  const [row] = await tx.execute<{ ends_at: string | null }>(sql`
    update application_secrets s set revoked_at = ${timestamp(now)}
    where s.id = ${secretId} and ${isLive(now)}
      and not exists (select 1 from usage_marks u where u.subject_id = s.id)
    returning s.ends_at`)
  return row ? { endsAt: toDate(row.ends_at) } : null
}

/** Sees to it that a secret has a mark of use; without a count, which is written behind. False where it lives no more. */
export async function writeFirstUse(
  db: Database,
  secretId: string,
  used: { now: Date; address: string | null },
): Promise<boolean> {
  const rows = await db.execute(sql`
    with marked as (
      select subject_id as id from usage_marks where subject_id = ${secretId}
    ), live as (
      select s.id from application_secrets s
      where s.id = ${secretId} and ${isLive(used.now)} and not exists (select 1 from marked)
      for share
    ), written as (
      insert into usage_marks (subject_id, last_used_at, last_address)
      select id, ${timestamp(used.now)}, ${used.address} from live
      on conflict (subject_id) do nothing
    )
    select id from marked union all select id from live`)
  return rows.length === 1
}

/** False where it is not about to end. */
export async function endSecret(tx: Transaction, secretId: string, now: Date): Promise<boolean> {
  const rows = await tx.execute(sql`
    update application_secrets s set ends_at = ${timestamp(now)}, ends_because = 'ended'
    where s.id = ${secretId} and s.ends_at is not null and ${isLive(now)}
    returning s.id`)
  return rows.length === 1
}

/** False where it has no end, has ended, or ends later already. */
export async function moveSecretEnd(tx: Transaction, secretId: string, endsAt: Date, now: Date): Promise<boolean> {
  const rows = await tx.execute(sql`
    update application_secrets s set ends_at = ${timestamp(endsAt)}
    where s.id = ${secretId} and s.ends_at < ${timestamp(endsAt)} and ${isLive(now)}
    returning s.id`)
  return rows.length === 1
}

export type Retirement = { unusedHours: number; chosenAt: Date }

/** What was chosen for a live secret before, and is not changed by another meanwhile; null where nothing was. */
export async function lockRetirement(tx: Transaction, secretId: string, now: Date): Promise<Retirement | null> {
  const [row] = await tx.execute<{ hours: number | null; chosen_at: string | null }>(sql`
    select s.retires_unused_hours as hours, s.retirement_chosen_at as chosen_at from application_secrets s
    where s.id = ${secretId} and ${isLive(now)} for no key update`)
  return row?.hours && row.chosen_at ? { unusedHours: row.hours, chosenAt: new Date(row.chosen_at) } : null
}

/** False where it is not being replaced, or has ended. */
export async function chooseRetirement(
  tx: Transaction,
  secretId: string,
  unusedHours: number | null,
  now: Date,
): Promise<boolean> {
  const rows = await tx.execute(sql`
    update application_secrets s
    set retires_unused_hours = ${unusedHours}::int,
      retirement_chosen_at = ${timestamp(unusedHours === null ? null : now)}
    where s.id = ${secretId} and s.ends_because = 'rotation' and ${isLive(now)}
    returning s.id`)
  return rows.length === 1
}

/** Ends what nobody has used for as long as was chosen, up to the moment that all replicas have reported (ADR-0081). */
export async function retireUnused(
  tx: Transaction,
  now: Date,
): Promise<(Place & { secretId: string; unusedHours: number })[]> {
  const givenUp = timestamp(new Date(now.getTime() - GIVEN_UP_MS))
  const rows = await tx.execute<{
    id: string
    application_id: string
    customer_id: string
    environment: Environment
    unused_hours: number
  }>(sql`
    with known as (
      select min(flushed_until) filter (where flushed_until > ${givenUp})
          - make_interval(secs => ${ANSWERED_WITHIN_MS / 1000}) as until,
        max(flushed_until) filter (where flushed_until <= ${givenUp})
          + make_interval(secs => ${GIVEN_UP_MS / 1000}) as doubted_until
      from usage_reports
    )
    update application_secrets s set ends_at = ${timestamp(now)}, ends_because = 'unused'
    from known, applications a
    where a.id = s.application_id and s.retires_unused_hours is not null and s.ends_at is not null and ${isLive(now)}
      and greatest(
        s.retirement_chosen_at,
        known.doubted_until,
        (select u.last_used_at from usage_marks u where u.subject_id = s.id)
      ) <= known.until - make_interval(hours => s.retires_unused_hours)
    returning s.id, s.application_id, a.customer_id, s.environment, s.retires_unused_hours as unused_hours`)
  return rows.map((row) => ({
    secretId: row.id,
    applicationId: row.application_id,
    customerId: row.customer_id,
    environment: row.environment,
    unusedHours: row.unused_hours,
  }))
}

/** A live secret, Application Key or public key with an end: `hint` is how people know it. */
export type Ending = {
  subjectId: string
  hint: string
  applicationId: string
  applicationName: string
  environment: Environment
  endsAt: Date
  lastUsedAt: Date | null
}

/** Of all tenants: for notices. */
export async function listEnding(db: Database, within: { now: Date; until: Date }): Promise<Ending[]> {
  const isNear = sql`ends_at > ${timestamp(within.now)} and ends_at <= ${timestamp(within.until)}`
  const rows = await db.execute<{
    id: string
    hint: string
    application_id: string
    name: string
    environment: Environment
    ends_at: string
    last_used_at: string | null
  }>(sql`
    select ending.id, ending.hint, ending.application_id, a.name, ending.environment, ending.ends_at, u.last_used_at
    from (
      select id, hint, application_id, environment, ends_at from application_secrets where revoked_at is null and ${isNear}
      union all
      select client_id, client_id, application_id, environment, ends_at from application_keys where ${isNear}
      union all
      select id, kid, application_id, environment, ends_at from application_public_keys where revoked_at is null and ${isNear}
    ) ending
    join applications a on a.id = ending.application_id
    left join usage_marks u on u.subject_id = ending.id
    order by ending.ends_at, ending.id`)
  return rows.map((row) => ({
    subjectId: row.id,
    hint: row.hint,
    applicationId: row.application_id,
    applicationName: row.name,
    environment: row.environment,
    endsAt: toDate(row.ends_at),
    lastUsedAt: toDate(row.last_used_at),
  }))
}

/** Of an application that was read within the tenant before. */
export async function listKeys(
  db: Database,
  applicationId: string,
  environment: Environment,
  now: Date,
): Promise<ApplicationKey[]> {
  const rows = await db.execute<{
    client_id: string
    created_at: string
    created_by: string | null
    ends_at: string | null
    ends_because: ApplicationKey['endsBecause']
    last_used_at: string | null
    last_address: string | null
    uses_in_day: number
    state: ApplicationKey['state']
  }>(sql`
    select k.client_id, k.created_at, p.name as created_by, k.ends_at, k.ends_because, u.last_used_at, u.last_address,
      ${usesIn24Hours(now, 'u')} as uses_in_day,
      case when k.ends_at is null then 'active' when k.ends_at > ${timestamp(now)} then 'ending' else 'expired' end as state
    from application_keys k
    left join people p on p.id = k.created_by
    left join usage_marks u on u.subject_id = k.client_id
    where k.application_id = ${applicationId} and k.environment = ${environment}
    order by k.ends_at desc nulls first, k.client_id
    limit 200`)
  return rows.map((row) => ({
    clientId: row.client_id,
    environment,
    state: row.state,
    createdAt: toDate(row.created_at),
    createdBy: row.created_by,
    lastUsedAt: toDate(row.last_used_at),
    lastAddress: row.last_address,
    usesInDay: row.uses_in_day,
    endsAt: toDate(row.ends_at),
    endsBecause: row.ends_because,
  }))
}

export async function findKey(db: Database, clientId: string): Promise<(Place & { endsAt: Date | null }) | null> {
  const [row] = await db.execute<{
    application_id: string
    customer_id: string
    environment: Environment
    ends_at: string | null
  }>(sql`
    select k.application_id, a.customer_id, k.environment, k.ends_at from application_keys k
    join applications a on a.id = k.application_id
    where k.client_id = ${clientId}`)
  return row
    ? {
        applicationId: row.application_id,
        customerId: row.customer_id,
        environment: row.environment,
        endsAt: toDate(row.ends_at),
      }
    : null
}

/** The key that was the present one until this call; null while an earlier one still has its overlap. */
export async function endCurrentKey(
  tx: Transaction,
  rotation: { applicationId: string; environment: Environment; endsAt: Date; now: Date },
): Promise<string | null> {
  const { applicationId, environment, endsAt, now } = rotation
  const [row] = await tx.execute<{ client_id: string }>(sql`
    update application_keys k set ends_at = ${timestamp(endsAt)}, ends_because = 'rotation'
    where k.application_id = ${applicationId} and k.environment = ${environment} and k.ends_at is null
      and not exists (
        select 1 from application_keys other
        where other.application_id = k.application_id and other.environment = k.environment and other.ends_at > ${timestamp(now)})
    returning k.client_id`)
  return row?.client_id ?? null
}

export async function insertCurrentKey(
  tx: Transaction,
  key: { clientId: string; applicationId: string; environment: Environment; createdBy: string | null; createdAt: Date },
): Promise<void> {
  await tx.execute(sql`
    insert into application_keys (client_id, application_id, environment, created_by, created_at)
    values (${key.clientId}, ${key.applicationId}, ${key.environment}, ${key.createdBy}, ${timestamp(key.createdAt)})`)
  await tx.execute(sql`
    update application_environments set client_id = ${key.clientId}
    where application_id = ${key.applicationId} and environment = ${key.environment}`)
}

/** False where it is not about to end. */
export async function endKey(tx: Transaction, clientId: string, now: Date): Promise<boolean> {
  const rows = await tx.execute(sql`
    update application_keys set ends_at = ${timestamp(now)}, ends_because = 'ended'
    where client_id = ${clientId} and ends_at > ${timestamp(now)}
    returning client_id`)
  return rows.length === 1
}

/** False where it has ended, or ends later already. */
export async function moveKeyEnd(tx: Transaction, clientId: string, endsAt: Date, now: Date): Promise<boolean> {
  const rows = await tx.execute(sql`
    update application_keys set ends_at = ${timestamp(endsAt)}
    where client_id = ${clientId} and ends_at > ${timestamp(now)} and ends_at < ${timestamp(endsAt)}
    returning client_id`)
  return rows.length === 1
}

/** Whether an application has submitted a chain with that leaf. */
export async function isLeafOfApplication(db: Database, leafSha256: Buffer): Promise<boolean> {
  const rows = await db.execute(sql`select 1 from certificate_chains where leaf_sha256 = ${leafSha256} limit 1`)
  return rows.length === 1
}

/** False where the name is taken. */
export async function insertCore(
  tx: Transaction,
  core: {
    id: string
    name: string
    clientId: string
    hash: Buffer
    hint: string
    certificateSha256: Buffer | null
  },
): Promise<boolean> {
  const rows = await tx.execute(sql`
    insert into cores (id, name, client_id, secret_hash, hint, certificate_sha256)
    values (${core.id}, ${core.name}, ${core.clientId}, ${core.hash}, ${core.hint}, ${core.certificateSha256})
    on conflict (name) do nothing returning id`)
  return rows.length === 1
}
