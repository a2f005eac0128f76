import { type SQL, sql } from 'drizzle-orm'
import { getApplicationFor } from '@/lib/applications/access'
import type { Context } from '@/lib/context/context'
import type { Environment } from '@/lib/core/secrets'

/** Of a kind no more are counted: to say how much an end concerns, "1,000 or more" does. */
export const BOUND_TOKENS_LIMIT = 1000

export type BoundTokens = {
  /** Access tokens without a refresh token, which are over within the hour. */
  accessTokens: number
  /** Families with a refresh token: their next refresh binds them to what is presented then. */
  families: number
}

/**
 * What lives on a client certificate of the application, by chain; chains with nothing are left out. A superseded chain
 * still counts: its tokens live until they expire. Reads live families of these chains alone, by their index, and of each
 * kind BOUND_TOKENS_LIMIT at most. @throws NotFound, DomainError `permission-required`
 */
export async function countBoundTokens(
  ctx: Context,
  input: { applicationId: string; environment: Environment },
): Promise<Map<string, BoundTokens>> {
  const { id } = await getApplicationFor(ctx, input, 'certificates.read', input.environment)
  const rows = await ctx.db.execute<{ chain_id: string; tokens: number; families: number }>(
    countStatement(id, input.environment, ctx.now),
  )
  const found = rows.filter(({ tokens, families }) => tokens + families > 0)
  return new Map(found.map(({ chain_id, tokens, families }) => [chain_id, { accessTokens: tokens, families }]))
}

/** `offset 0` keeps the planner to the index by chain: another would read families of everybody. */
export function countStatement(applicationId: string, environment: Environment, moment: Date): SQL {
  const now = sql`${moment.toISOString()}::timestamptz`
  const live = sql`
    from (
      select * from token_families
      where chain_id = h.id and expires_at > ${now} offset 0
    ) f
    where f.revoked_at is null
      and not exists (select 1 from application_secrets s where s.id = f.secret_id and s.revoked_at is not null and not s.keeps_tokens)
      and not exists (select 1 from application_public_keys p where p.id = f.public_key_id and p.revoked_at is not null and not p.keeps_tokens)
      and not exists (select 1 from consents o where o.id = f.consent_id and (o.revoked_at is not null or o.expires_at <= ${now}))`
  return sql`
    select h.id as chain_id,
      (select count(*)::int from (select 1 ${live} and f.refresh_key is null limit ${BOUND_TOKENS_LIMIT}) f) as tokens,
      (select count(*)::int from (select 1 ${live} and f.refresh_key is not null limit ${BOUND_TOKENS_LIMIT}) f) as families
    from certificate_chains h
    where h.application_id = ${applicationId} and h.environment = ${environment} and h.revoked_at is null`
}
