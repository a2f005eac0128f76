import { sql } from 'drizzle-orm'
import type { Database, Transaction } from '@/db/client'
import type { Environment } from '@/lib/core/secrets'
import { SECRET_LIMIT, type Secret } from './schema'

export type NewSecret = {
  id: string
  applicationId: string
  environment: Environment
  hash: Buffer
  hint: string
  createdBy: string | null
}

/**
 * Decides and inserts in one statement: false where the limit is reached. The caller holds the application's environment,
 * so that the rows counted are all there are.
 */
export async function insertSecretWithinLimit(tx: Transaction, secret: NewSecret, now: Date): Promise<boolean> {
  const at = now.toISOString()
  const rows = await tx.execute(sql`
    insert into application_secrets (id, application_id, environment, secret_hash, hint, created_by, created_at)
    select ${secret.id}, ${secret.applicationId}, ${secret.environment}, ${secret.hash}, ${secret.hint},
      ${secret.createdBy}, ${at}::timestamptz
    where (
      select count(*) from application_secrets
      where application_id = ${secret.applicationId} and environment = ${secret.environment}
        and revoked_at is null and (ends_at is null or ends_at > ${at}::timestamptz)
    ) < ${SECRET_LIMIT}
    returning id`)
  return rows.length === 1
}

/** Of an application that was read within the tenant before. Live ones first, then newest first; never the hash. */
export async function listSecrets(
  db: Database,
  applicationId: string,
  environment: Environment,
  now: Date,
): Promise<Secret[]> {
  const at = now.toISOString()
  const rows = await db.execute<{
    id: string
    hint: string
    created_at: string
    created_by: string | null
    ends_at: string | null
    revoked_at: string | null
    keeps_tokens: boolean
    last_used_at: string | null
    last_address: string | null
    uses_today: number
    state: Secret['state']
  }>(sql`
    select s.id, s.hint, s.created_at, p.name as created_by, s.ends_at, s.revoked_at, s.keeps_tokens,
      u.last_used_at, u.last_address,
      coalesce(case when u.day_started_at > ${at}::timestamptz - interval '1 day' then u.uses_of_day end, 0) as uses_today,
      case
        when s.revoked_at is not null then 'revoked'
        when s.ends_at <= ${at}::timestamptz then 'expired'
        when s.ends_at is not null then 'ending'
        else 'active'
      end as state
    from application_secrets s
    left join people p on p.id = s.created_by
    left join usage_marks u on u.subject_id = s.id
    where s.application_id = ${applicationId} and s.environment = ${environment}
    order by s.revoked_at is not null, s.created_at desc, s.id
    limit 200`)
  return rows.map((row) => ({
    id: row.id,
    environment,
    hint: row.hint,
    state: row.state,
    createdAt: new Date(row.created_at),
    createdBy: row.created_by,
    lastUsedAt: row.last_used_at === null ? null : new Date(row.last_used_at),
    lastAddress: row.last_address,
    usesToday: row.uses_today,
    endsAt: row.ends_at === null ? null : new Date(row.ends_at),
    revokedAt: row.revoked_at === null ? null : new Date(row.revoked_at),
    keepsTokens: row.keeps_tokens,
  }))
}

/** Where a secret belongs; null where there is none within the tenant (`customerId` null: any). */
export async function findSecret(
  db: Database,
  customerId: string | null,
  secretId: string,
): Promise<{ applicationId: string; customerId: string; environment: Environment } | null> {
  const [row] = await db.execute<{ application_id: string; customer_id: string; environment: Environment }>(sql`
    select s.application_id, a.customer_id, s.environment from application_secrets s
    join applications a on a.id = s.application_id
    where s.id = ${secretId} and (${customerId}::text is null or a.customer_id = ${customerId})`)
  return row ? { applicationId: row.application_id, customerId: row.customer_id, environment: row.environment } : null
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
    set revoked_at = coalesce(revoked_at, ${now.toISOString()}::timestamptz), keeps_tokens = ${keepsTokens}
    where id = ${secretId} and application_id = ${applicationId}
      and (revoked_at is null or (keeps_tokens and not ${keepsTokens}::boolean))
    returning id`)
  return rows.length === 1
}

/** False where the name is taken. */
export async function insertCore(
  tx: Transaction,
  core: { id: string; name: string; clientId: string; hash: Buffer; hint: string },
): Promise<boolean> {
  const rows = await tx.execute(sql`
    insert into cores (id, name, client_id, secret_hash, hint)
    values (${core.id}, ${core.name}, ${core.clientId}, ${core.hash}, ${core.hint})
    on conflict (name) do nothing returning id`)
  return rows.length === 1
}
