import postgres from 'postgres'
import { type Connected, database } from '@/db/client'
import { countFailures } from '@/lib/access/count-failures'
import { type Coalescer, makeCoalescer } from '@/lib/core/coalesce'
import {
  ISSUE_APPLICATION_TOKENS,
  ISSUE_CONNECTION_TOKENS,
  type IssueStatements,
  REFRESH_TOKENS,
  VALIDATE_TOKENS,
} from './statements'
import { ACCESS_TOKEN_TTL_SECONDS, REFRESH_FAMILY_DAYS, type TokenKind } from './token-pair'

/**
 * The short road between the token verbs and PostgreSQL: one coalescer per statement, one set of them per database pool.
 * Members are decoded to exact types before they are submitted, so that no member can make a batch fail.
 */
export type IssueMember = {
  clientId: string
  secretHash: string
  codeHash: string
  familyId: string
  accessHash: string
  refreshHash: string
  now: Date
}
export type IssueOutcome = { secretId: string | null; connectionId: string | null; allowed: boolean }

export type RefreshMember = {
  clientId: string
  secretHash: string
  oldRefreshHash: string
  oldAccessHash: string
  newRefreshHash: string
  newAccessHash: string
  successorSealed: string
  now: Date
}
export type RefreshOutcome = {
  secretId: string | null
  applicationId: string | null
  environment: string | null
  connectionId: string | null
  allowed: boolean
}

export type ValidateMember = { accessHash: string; now: Date }
export type ValidToken = {
  familyId: string
  applicationId: string
  environment: 'sandbox' | 'production'
  secretId: string
  clientId: string
  connectionId: string | null
  accountId: string | null
  issuedAt: Date
  expiresAt: Date
}

export type FailureOutcome = { failures: number; windowEndsAt: Date }

export type TokenRoad = {
  issue: Record<TokenKind, Coalescer<IssueMember, IssueOutcome>>
  refresh: Record<TokenKind, Coalescer<RefreshMember, RefreshOutcome>>
  validate: Coalescer<ValidateMember, ValidToken | null>
  countFailure: Coalescer<{ key: string; now: Date }, FailureOutcome>
}

const FAILURE_WINDOW_SECONDS = 60
const roads = new WeakMap<Connected, TokenRoad>()

/** The road of this process's pool, or of the pool given (a test's second replica). */
export function tokenRoad(connected: Connected = database()): TokenRoad {
  let road = roads.get(connected)
  if (!road) {
    road = makeTokenRoad(connected)
    roads.set(connected, road)
  }
  return road
}

const LIMITS = {
  maxBatch: 128,
  maxInFlight: 2,
  maxQueued: 8192,
  maxQueuedPerGroup: 4096,
  isRetryable: isConnectionFailure,
}

function makeTokenRoad({ sql, db }: Connected): TokenRoad {
  const issuer = (statements: IssueStatements) =>
    makeCoalescer<IssueMember, IssueOutcome>({
      ...LIMITS,
      group: (member) => member.clientId,
      run: async (members) => {
        const parameters = [
          latest(members),
          members.map((member) => member.clientId),
          members.map((member) => member.secretHash),
          members.map((member) => member.codeHash),
          members.map((member) => member.familyId),
          members.map((member) => member.accessHash),
          members.map((member) => member.refreshHash),
          ACCESS_TOKEN_TTL_SECONDS,
          REFRESH_FAMILY_DAYS,
        ]
        const rows = await query<IssueRow>(sql, statements.first, parameters).catch((error: unknown) => {
          if (!isFamilyThereAlready(error)) throw error
          return query<IssueRow>(sql, statements.again, parameters)
        })
        return rows.map((row) => ({ secretId: row.secret_id, connectionId: row.connection_id, allowed: row.allowed }))
      },
    })
  const refresher = (kind: TokenKind) =>
    makeCoalescer<RefreshMember, RefreshOutcome>({
      ...LIMITS,
      group: (member) => member.clientId,
      singleUseKey: (member) => member.oldRefreshHash,
      run: async (members) => {
        const rows = await query<{
          secret_id: string | null
          application_id: string | null
          environment: string | null
          connection_id: string | null
          allowed: boolean
        }>(sql, REFRESH_TOKENS, [
          latest(members),
          members.map((member) => member.clientId),
          members.map((member) => member.secretHash),
          members.map((member) => member.oldRefreshHash),
          members.map((member) => member.oldAccessHash),
          members.map((member) => member.newRefreshHash),
          members.map((member) => member.newAccessHash),
          members.map((member) => member.successorSealed),
          ACCESS_TOKEN_TTL_SECONDS,
          kind === 'connection',
        ])
        return rows.map((row) => ({
          secretId: row.secret_id,
          applicationId: row.application_id,
          environment: row.environment,
          connectionId: row.connection_id,
          allowed: row.allowed,
        }))
      },
    })
  return {
    issue: { application: issuer(ISSUE_APPLICATION_TOKENS), connection: issuer(ISSUE_CONNECTION_TOKENS) },
    refresh: { application: refresher('application'), connection: refresher('connection') },
    validate: makeCoalescer<ValidateMember, ValidToken | null>({
      ...LIMITS,
      group: () => '', // whose token it is shows in the answer only
      maxQueuedPerGroup: LIMITS.maxQueued,
      run: async (members) => {
        const rows = await query<ValidateRow>(sql, VALIDATE_TOKENS, [
          latest(members),
          members.map((member) => member.accessHash),
          ACCESS_TOKEN_TTL_SECONDS,
        ])
        const valid: (ValidToken | null)[] = members.map(() => null)
        for (const row of rows) valid[row.n - 1] = toValidToken(row)
        return valid
      },
    }),
    countFailure: makeCoalescer<{ key: string; now: Date }, FailureOutcome>({
      ...LIMITS,
      maxInFlight: 1,
      group: (member) => member.key,
      run: async (members) => {
        const counts = new Map<string, number>()
        for (const { key } of members) counts.set(key, (counts.get(key) ?? 0) + 1)
        const totals = await countFailures(
          db,
          [...counts].map(([key, count]) => ({ key, count })),
          latest(members),
          FAILURE_WINDOW_SECONDS,
        )
        const seen = new Map<string, number>()
        return members.map(({ key, now }) => {
          const nth = (seen.get(key) ?? 0) + 1
          seen.set(key, nth)
          const total = totals.get(key) ?? { failures: nth, windowEndsAt: now }
          return { failures: total.failures - (counts.get(key) ?? 0) + nth, windowEndsAt: total.windowEndsAt }
        })
      },
    }),
  }
}

type IssueRow = { secret_id: string | null; connection_id: string | null; allowed: boolean }

function isFamilyThereAlready(error: unknown): boolean {
  return (
    error instanceof postgres.PostgresError && error.code === '23505' && error.constraint_name === 'token_families_pkey'
  )
}

type ValidateRow = {
  n: number
  family_id: string
  application_id: string
  environment: 'sandbox' | 'production'
  secret_id: string
  client_id: string
  connection_id: string | null
  account_id: string | null
  issued_at: Date
  expires_at: Date
}

function toValidToken(row: ValidateRow): ValidToken {
  return {
    familyId: row.family_id,
    applicationId: row.application_id,
    environment: row.environment,
    secretId: row.secret_id,
    clientId: row.client_id,
    connectionId: row.connection_id,
    accountId: row.account_id,
    issuedAt: row.issued_at,
    expiresAt: row.expires_at,
  }
}

/** A batch has one moment: its youngest member's, so that nothing is judged by a time before it was asked. */
function latest(members: readonly { now: Date }[]): Date {
  return new Date(Math.max(...members.map(({ now }) => now.getTime())))
}

async function query<Row extends object>(
  sql: postgres.Sql,
  statement: string,
  parameters: (Date | string[] | number | boolean)[],
): Promise<Row[]> {
  return await sql.unsafe<Row[]>(statement, parameters as postgres.ParameterOrJSON<never>[], {
    prepare: sql.options.prepare !== false,
  })
}

// SQLSTATE class 08 and the shutdown and recovery codes of class 57, and what the driver says when the socket is gone.
const CONNECTION_CODES = new Set([
  ...['08000', '08001', '08003', '08004', '08006', '57P01', '57P02', '57P03'],
  ...['CONNECTION_CLOSED', 'CONNECTION_ENDED', 'CONNECTION_DESTROYED', 'CONNECT_TIMEOUT'],
  ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT'],
])

export function isConnectionFailure(error: unknown): boolean {
  for (let current = error; current instanceof Error; current = current.cause) {
    if ('code' in current && typeof current.code === 'string' && CONNECTION_CODES.has(current.code)) return true
  }
  return false
}
