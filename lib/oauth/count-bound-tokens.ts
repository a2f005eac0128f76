import { type SQL, sql } from 'drizzle-orm'
import { getApplicationFor } from '@/lib/applications/access'
import type { Context } from '@/lib/context/context'
import type { Environment } from '@/lib/core/secrets'
import { NOT_EXPIRED, PARENTS_ALIVE } from './oauth-statements'

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

/**
 * What lives is what the token road says (oauth-statements.ts). `offset 0` keeps the planner to the index by chain: another would
 * read families of everybody. Past their own end only those with a consent may live, by that: they are looked for apart.
 */
export function countStatement(applicationId: string, environment: Environment, moment: Date): SQL {
  const now = sql`${moment.toISOString()}::timestamptz`
  const live = sql`
    from (
      select * from token_families where chain_id = h.id and expires_at > ${now}
      union all
      select * from token_families where chain_id = h.id and expires_at <= ${now} and consent_id is not null
      offset 0
    ) f
    where f.revoked_at is null and ${at(now, NOT_EXPIRED)} and ${at(now, PARENTS_ALIVE)}`
  return sql`
    select h.id as chain_id,
      (select count(*)::int from (select 1 ${live} and f.refresh_key is null limit ${BOUND_TOKENS_LIMIT}) f) as tokens,
      (select count(*)::int from (select 1 ${live} and f.refresh_key is not null limit ${BOUND_TOKENS_LIMIT}) f) as families
    from certificate_chains h
    where h.application_id = ${applicationId} and h.environment = ${environment} and h.revoked_at is null`
}

/** Statements of the token road take the moment as their first parameter. */
function at(now: SQL, fragment: string): SQL {
  return sql.join(fragment.split('$1::timestamptz').map(sql.raw), now)
}
