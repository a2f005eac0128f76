import postgres from 'postgres'
import { type Connected, database } from '@/db/client'
import { countFailures } from '@/lib/access/count-failures'
import type { ChainMoments } from '@/lib/certificates/chain-state'
import { type Coalescer, makeCoalescer } from '@/lib/core/coalesce'
import type { Uuid } from '@/lib/core/new-family-id'
import type { Environment, Hex } from '@/lib/core/secrets'
import { arrayOf, BATCH_LIMITS, distinctOf, latest, query } from './batch'
import { FAILURE_WINDOW_SECONDS } from './errors'
import {
  AUTHENTICATE_CLIENTS,
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
  clientId: Hex
  secretHash: Hex
  codeHash: Hex | ''
  familyId: Uuid
  accessHash: Hex
  refreshHash: Hex
  now: Date
}
export type IssueOutcome = { secretId: string | null; connectionId: string | null; allowed: boolean }

export type RefreshMember = {
  clientId: Hex
  secretHash: Hex
  oldRefreshHash: Hex
  oldAccessHash: Hex
  newRefreshHash: Hex
  newAccessHash: Hex
  successorSealed: Hex
  now: Date
}
export type RefreshOutcome = {
  secretId: string | null
  applicationId: string | null
  environment: string | null
  connectionId: string | null
  allowed: boolean
}

export type ValidateMember = { accessHash: Hex; now: Date }
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

export type AuthenticateMember = { clientId: Hex; secretHash: Hex; leafSha256: Hex | ''; now: Date }
export type AuthenticateOutcome = {
  /** Null where no live secret of the key fits. */
  client: { applicationId: string; environment: Environment; secretId: string; mtlsRequired: boolean } | null
  /** Every chain with that leaf, whoever submitted it, the latest first. */
  chains: ChainOfLeaf[]
}
export type ChainOfLeaf = ChainMoments & { id: string; applicationId: string; environment: Environment }

export type FailureOutcome = { failures: number; windowEndsAt: Date }

export type TokenRoad = {
  issue: Record<TokenKind, Coalescer<IssueMember, IssueOutcome>>
  refresh: Record<TokenKind, Coalescer<RefreshMember, RefreshOutcome>>
  validate: Coalescer<ValidateMember, ValidToken | null>
  authenticate: Coalescer<AuthenticateMember, AuthenticateOutcome>
  countFailure: Coalescer<{ key: string; now: Date }, FailureOutcome>
}

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

function makeTokenRoad({ sql, db }: Connected): TokenRoad {
  const issuer = (statements: IssueStatements) =>
    makeCoalescer<IssueMember, IssueOutcome>({
      ...BATCH_LIMITS,
      group: (member) => member.clientId,
      run: async (members) => {
        const { distinct: callers, places } = distinctOf(
          members,
          ({ clientId, secretHash, codeHash }) => clientId + secretHash + codeHash,
        )
        const parameters = [
          latest(members),
          arrayOf(callers, 'clientId'),
          arrayOf(callers, 'secretHash'),
          arrayOf(callers, 'codeHash'),
          `{${places.map((place) => place + 1)}}`,
          arrayOf(members, 'familyId'),
          arrayOf(members, 'accessHash'),
          arrayOf(members, 'refreshHash'),
          ACCESS_TOKEN_TTL_SECONDS,
          REFRESH_FAMILY_DAYS,
        ]
        const rows = await query<IssueRow>(sql, statements.first, parameters).catch((error: unknown) => {
          if (!isFamilyThereAlready(error)) throw error
          return query<IssueRow>(sql, statements.again, parameters)
        })
        const outcomes: IssueOutcome[] = callers.map(() => NOBODY)
        for (const row of rows) {
          outcomes[row.c - 1] = { secretId: row.secret_id, connectionId: row.connection_id, allowed: row.allowed }
        }
        return places.map((place) => outcomes[place] as IssueOutcome)
      },
    })
  const refresher = (kind: TokenKind) =>
    makeCoalescer<RefreshMember, RefreshOutcome>({
      ...BATCH_LIMITS,
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
          arrayOf(members, 'clientId'),
          arrayOf(members, 'secretHash'),
          arrayOf(members, 'oldRefreshHash'),
          arrayOf(members, 'oldAccessHash'),
          arrayOf(members, 'newRefreshHash'),
          arrayOf(members, 'newAccessHash'),
          arrayOf(members, 'successorSealed'),
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
      ...BATCH_LIMITS,
      group: () => '', // whose token it is shows in the answer only
      maxQueuedPerGroup: BATCH_LIMITS.maxQueued,
      run: async (members) => {
        const rows = await query<ValidateRow>(sql, VALIDATE_TOKENS, [
          latest(members),
          arrayOf(members, 'accessHash'),
          ACCESS_TOKEN_TTL_SECONDS,
        ])
        const valid: (ValidToken | null)[] = members.map(() => null)
        for (const row of rows) valid[row.n - 1] = toValidToken(row)
        return valid
      },
    }),
    authenticate: makeCoalescer<AuthenticateMember, AuthenticateOutcome>({
      ...BATCH_LIMITS,
      group: (member) => member.clientId,
      run: async (members) => {
        const rows = await query<AuthenticateRow>(sql, AUTHENTICATE_CLIENTS, [
          latest(members),
          arrayOf(members, 'clientId'),
          arrayOf(members, 'secretHash'),
          arrayOf(members, 'leafSha256'),
        ])
        return rows.map(toAuthenticated)
      },
    }),
    countFailure: makeCoalescer<{ key: string; now: Date }, FailureOutcome>({
      ...BATCH_LIMITS,
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

const NOBODY: IssueOutcome = { secretId: null, connectionId: null, allowed: false }
type IssueRow = { c: number; secret_id: string; connection_id: string | null; allowed: boolean }

function isFamilyThereAlready(error: unknown): boolean {
  return (
    error instanceof postgres.PostgresError && error.code === '23505' && error.constraint_name === 'token_families_pkey'
  )
}

type MomentsInJson = Record<Exclude<keyof ChainMoments, 'trusted'>, string | null>
type AuthenticateRow = {
  application_id: string | null
  environment: Environment
  mtls_required: boolean
  secret_id: string
  chains: ChainsInJson
}

/** As OWNERS_OF_LEAF tells of them; `null` where there is no such leaf. */
export type ChainsInJson = (Omit<ChainOfLeaf, keyof MomentsInJson> & MomentsInJson)[] | null

export function toChains(chains: ChainsInJson): ChainOfLeaf[] {
  const moment = (text: string | null) => (text === null ? null : new Date(text))
  return (chains ?? []).map((chain) => ({
    id: chain.id,
    applicationId: chain.applicationId,
    environment: chain.environment,
    trusted: chain.trusted,
    approvedAt: moment(chain.approvedAt),
    refusedAt: moment(chain.refusedAt),
    startsAt: new Date(chain.startsAt as string),
    endsAt: moment(chain.endsAt),
    revokedAt: moment(chain.revokedAt),
    notAfter: new Date(chain.notAfter as string),
  }))
}

function toAuthenticated(row: AuthenticateRow): AuthenticateOutcome {
  const { application_id: applicationId, environment, secret_id: secretId, mtls_required: mtlsRequired } = row
  return {
    client: applicationId === null ? null : { applicationId, environment, secretId, mtlsRequired },
    chains: toChains(row.chains),
  }
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
