import type postgres from 'postgres'
import { type Connected, database } from '@/db/client'
import type { Profile } from '@/lib/applications/schema'
import { type Coalescer, makeCoalescer } from '@/lib/core/coalesce'
import type { Environment, Hex } from '@/lib/core/secrets'
import { arrayOf, BATCH_LIMITS, distinctOf, idsOf, latest, query, scopesOf } from './batch'
import {
  EXTEND_TOKENS,
  FIND_ACCESS_TOKENS,
  FIND_CLIENTS,
  FIND_REFRESH_TOKENS,
  MINT_FAMILIES,
  ROTATE_TOKENS,
} from './oauth-statements'
import { ACCESS_TOKEN_TTL_SECONDS } from './token-pair'
import { type ChainOfLeaf, type ChainsInJson, toChains } from './token-road'
import { familiesAsJson, type MintedFamily } from './tokens/minted-family'

/** The coalesced statements of `/oauth2/*`, as lib/oauth/token-road.ts has those of Family A. */
export type FindClientMember = { clientId: Hex | ''; secretHash: Hex | ''; leafSha256: Hex | ''; now: Date }
export type FoundClient = {
  application: {
    applicationId: string
    environment: Environment
    profile: Profile
    mtlsRequired: boolean
    scopes: string[]
    isSuspended: boolean
    /** Of the secret that was given, where it is a live one. */
    secretId: string | null
  } | null
  core: { id: string; certificateSha256: Hex | null } | null
  /** Every chain with the leaf of the handshake, whoever submitted it. */
  chains: ChainOfLeaf[]
}

export type FindTokenMember = { tokenHash: Hex; now: Date }
export type FoundToken = {
  familyId: string
  applicationId: string
  environment: Environment
  clientId: string
  /** Null: of Family A. */
  scopes: string[] | null
  consentId: string | null
  connectionId: string | null
  authorizationDetails: Record<string, unknown>[] | null
  certificateSha256: Hex | null
  jwkThumbprint: Hex | null
  personId: string | null
  customerId: string | null
  authTime: Date | null
  amr: string[] | null
  /** Seconds since 1970. */
  issuedAt: number
  expiresAt: number
}

export type RefreshFamilyMember = {
  applicationId: string
  environment: Environment
  secretId: string
  publicKeyId: string
  chainId: string
  certificateSha256: Hex | ''
  jwkThumbprint: Hex | ''
  /** Empty: whatever was granted. Known scopes only. */
  askedScopes: readonly string[]
  oldRefresh: Hex
  newRefresh: Hex
  newAccess: Hex
  successor: Hex
  now: Date
}
export type RefreshedFamily = {
  familyId: string
  scopes: string[]
  consentId: string | null
  authorizationDetails: Record<string, unknown>[] | null
}

export type OauthRoad = {
  findClient: Coalescer<FindClientMember, FoundClient>
  findAccessToken: Coalescer<FindTokenMember, FoundToken | null>
  findRefreshToken: Coalescer<FindTokenMember, FoundToken | null>
  mint: Coalescer<MintedFamily & { now: Date }, true>
  /** Null where the refresh token is not one that the client may use, or holds less than it asks. */
  rotate: Coalescer<RefreshFamilyMember, RefreshedFamily | null>
  extend: Coalescer<RefreshFamilyMember, RefreshedFamily | null>
}

const roads = new WeakMap<Connected, OauthRoad>()

/** The road of this process's pool, or of the pool given (a test's second replica). */
export function oauthRoad(connected: Connected = database()): OauthRoad {
  let road = roads.get(connected)
  if (!road) {
    road = makeOauthRoad(connected)
    roads.set(connected, road)
  }
  return road
}

const SHARED = { ...BATCH_LIMITS, maxQueuedPerGroup: BATCH_LIMITS.maxQueued, group: () => '' }

function makeOauthRoad({ sql }: Connected): OauthRoad {
  const tokenFinder = (statement: string) =>
    makeCoalescer<FindTokenMember, FoundToken | null>({
      ...SHARED,
      run: async (members) => {
        const { distinct, places } = distinctOf(members, ({ tokenHash }) => tokenHash)
        const rows = await query<TokenRow>(sql, statement, [
          latest(distinct),
          arrayOf(distinct, 'tokenHash'),
          ACCESS_TOKEN_TTL_SECONDS,
        ])
        const found: (FoundToken | null)[] = distinct.map(() => null)
        for (const row of rows) found[row.n - 1] = toFoundToken(row)
        return places.map((place) => found[place] ?? null)
      },
    })
  return {
    findClient: makeCoalescer<FindClientMember, FoundClient>({
      ...BATCH_LIMITS,
      group: ({ clientId }) => clientId,
      run: async (members) => {
        // A resource server asks with one secret all day: each of a batch is looked up once.
        const keyOf = (member: FindClientMember) => `${member.clientId} ${member.secretHash} ${member.leafSha256}`
        const { distinct, places } = distinctOf(members, keyOf)
        const rows = await query<ClientRow>(sql, FIND_CLIENTS, [
          latest(distinct),
          arrayOf(distinct, 'clientId'),
          arrayOf(distinct, 'secretHash'),
          arrayOf(distinct, 'leafSha256'),
        ])
        const found = rows.map(toFoundClient)
        return places.map((place) => found[place] as FoundClient)
      },
    }),
    findAccessToken: tokenFinder(FIND_ACCESS_TOKENS),
    findRefreshToken: tokenFinder(FIND_REFRESH_TOKENS),
    mint: makeCoalescer<MintedFamily & { now: Date }, true>({
      ...BATCH_LIMITS,
      group: ({ applicationId }) => applicationId,
      run: async (members) => {
        await query(sql, MINT_FAMILIES, [latest(members), familiesAsJson(members), ACCESS_TOKEN_TTL_SECONDS])
        return members.map(() => true)
      },
    }),
    rotate: refresher(sql, ROTATE_TOKENS),
    extend: refresher(sql, EXTEND_TOKENS),
  }
}

function refresher(sql: postgres.Sql, statement: string) {
  return makeCoalescer<RefreshFamilyMember, RefreshedFamily | null>({
    ...BATCH_LIMITS,
    group: ({ applicationId }) => applicationId,
    singleUseKey: ({ oldRefresh }) => oldRefresh,
    run: async (members) => {
      const rows = await query<RefreshedRow>(sql, statement, [
        latest(members),
        ...[idsOf(members, 'applicationId'), idsOf(members, 'environment'), idsOf(members, 'secretId')],
        ...[idsOf(members, 'publicKeyId'), idsOf(members, 'chainId'), arrayOf(members, 'certificateSha256')],
        ...[arrayOf(members, 'jwkThumbprint'), arrayOf(members, 'oldRefresh'), arrayOf(members, 'newRefresh')],
        ...[arrayOf(members, 'newAccess'), arrayOf(members, 'successor'), ACCESS_TOKEN_TTL_SECONDS],
        scopesOf(members, 'askedScopes'),
      ])
      return rows.map((row) =>
        row.family_id === null
          ? null
          : {
              familyId: row.family_id,
              scopes: effectiveScopes(row.scopes, row.consent_scopes),
              consentId: row.consent_id,
              authorizationDetails: row.authorization_details,
            },
      )
    },
  })
}

/** What a token may do is what both its family and, since it may have been changed, its consent name. */
export function effectiveScopes(scopes: readonly string[], ofConsent: readonly string[] | null): string[] {
  return ofConsent === null ? [...scopes] : scopes.filter((scope) => ofConsent.includes(scope))
}

type ClientRow = {
  application_id: string | null
  environment: Environment
  profile: Profile
  mtls_required: boolean
  scopes: string[]
  is_suspended: boolean
  secret_id: string | null
  core_id: string | null
  core_certificate_sha256: Hex | null
  chains: ChainsInJson
}

function toFoundClient(row: ClientRow): FoundClient {
  return {
    application:
      row.application_id === null
        ? null
        : {
            applicationId: row.application_id,
            environment: row.environment,
            profile: row.profile,
            mtlsRequired: row.mtls_required,
            scopes: row.scopes,
            isSuspended: row.is_suspended,
            secretId: row.secret_id,
          },
    core: row.core_id === null ? null : { id: row.core_id, certificateSha256: row.core_certificate_sha256 },
    chains: toChains(row.chains),
  }
}

type RefreshedRow = {
  family_id: string | null
  scopes: string[]
  consent_scopes: string[] | null
  consent_id: string | null
  authorization_details: Record<string, unknown>[] | null
}

type TokenRow = {
  n: number
  family_id: string
  application_id: string
  environment: Environment
  client_id: string
  scopes: string[] | null
  consent_id: string | null
  consent_scopes: string[] | null
  connection_id: string | null
  authorization_details: Record<string, unknown>[] | null
  certificate_sha256: Hex | null
  jwk_thumbprint: Hex | null
  person_id: string | null
  customer_id: string | null
  auth_time: Date | null
  amr: string[] | null
  issued_at: number
  expires_at: number
}

function toFoundToken(row: TokenRow): FoundToken {
  return {
    familyId: row.family_id,
    applicationId: row.application_id,
    environment: row.environment,
    clientId: row.client_id,
    scopes: row.scopes === null ? null : effectiveScopes(row.scopes, row.consent_scopes),
    consentId: row.consent_id,
    connectionId: row.connection_id,
    authorizationDetails: row.authorization_details,
    certificateSha256: row.certificate_sha256,
    jwkThumbprint: row.jwk_thumbprint,
    personId: row.person_id,
    customerId: row.customer_id,
    authTime: row.auth_time,
    amr: row.amr,
    issuedAt: Math.floor(row.issued_at),
    expiresAt: Math.floor(row.expires_at),
  }
}
