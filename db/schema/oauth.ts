import { sql } from 'drizzle-orm'
import {
  bigint,
  check,
  foreignKey,
  index,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { applicationEnvironments } from './applications'
import { at, bytea, createdAt } from './columns'
import { consents } from './consents'
import { people } from './people'

/**
 * What access tokens descend from: of `/oa2/v1` where `scopes` is null, else of `/oauth2/token`. One live pair at a time,
 * unless it never rotates (profile `fapi2`). The access token's hash stays here when the token has expired, so that `PUT`
 * recognises it. The family outlives its access tokens and is the parent that revocation marks.
 */
export const tokenFamilies = pgTable(
  'token_families',
  {
    id: uuid('id').primaryKey(), // version 7, made by the process: inserts stay at the index's end
    applicationId: text('application_id').notNull(),
    environment: text('environment').notNull(),
    // Which credential minted it: a secret, a public key, or a certificate alone.
    secretId: text('secret_id'),
    publicKeyId: text('public_key_id'),
    chainId: text('chain_id'), // the chain whose certificate was presented, as credential or to bind the tokens
    connectionId: text('connection_id'), // null: an application token
    consentId: text('consent_id'), // who and for whom; null: the application itself
    scopes: text('scopes').array(), // null: of Family A
    authorizationDetails: jsonb('authorization_details').$type<Record<string, unknown>[]>(), // RFC 9396
    certificateSha256: bytea('certificate_sha256'), // RFC 8705: the tokens count in a handshake with it only
    jwkThumbprint: bytea('jwk_thumbprint'), // RFC 9449: the tokens count with a proof by that key only
    // Null: no refresh token.
    refreshKey: bigint('refresh_key', { mode: 'bigint' }), // the hash's first eight bytes: a small index
    refreshHash: bytea('refresh_hash'),
    accessHash: bytea('access_hash').notNull(), // empty: never rotates, every token of it counts
    openedAt: at('opened_at'), // since when it never rotates, where it did before: older tokens do not count
    expiresAt: at('expires_at').notNull(), // of one with a consent, the consent's end counts instead
    revokedAt: at('revoked_at'),
    revokedReason: text('revoked_reason'),
    createdAt: createdAt(),
  },
  (t) => [
    index('token_families_refresh').on(t.refreshKey),
    // Of the sweep: client credentials, over within the hour. Family A has none of them, and writes nothing here.
    index('token_families_brief').on(t.expiresAt).where(sql`refresh_key is null and consent_id is null`),
    index('token_families_chain').on(t.chainId, t.expiresAt).where(sql`chain_id is not null`), // how many a certificate's end concerns
  ],
)

/** A refresh token that has been used. For 30 s its successor can be given out again, sealed under the used token itself. */
export const tokenRotations = pgTable(
  'token_rotations',
  {
    refreshHash: bytea('refresh_hash').primaryKey(),
    familyId: uuid('family_id').notNull(),
    accessHash: bytea('access_hash').notNull(), // of the access token that was current then; of its successor at `/oauth2`
    rotatedAt: at('rotated_at').notNull(),
    successorSealed: bytea('successor_sealed'),
  },
  (t) => [
    index('token_rotations_family').on(t.familyId),
    index('token_rotations_sealed').on(t.rotatedAt).where(sql`successor_sealed is not null`),
  ],
)

/**
 * An authorization request from the moment it was found good (or pushed) until its answer went back to the callback. What
 * was asked never changes, but for `authorization_details` that were denied; who answers it is fixed by the first session
 * that opens it. Rows with a nonce stay, emptied of the rest: it is never seen twice.
 */
export const authorizationRequests = pgTable(
  'authorization_requests',
  {
    id: text('id').primaryKey(),
    applicationId: text('application_id').notNull(),
    environment: text('environment').notNull(),
    kind: text('kind').notNull(), // `flow`: with `flowid` (seed 002); `standard`; `pushed` (RFC 9126)
    redirectUri: text('redirect_uri').notNull(), // as sent: the answer goes there, the exchange repeats it
    state: text('state'),
    nonce: uuid('nonce'), // of a `flow`
    scopes: text('scopes').array().notNull(),
    authorizationDetails: jsonb('authorization_details').$type<Record<string, unknown>[]>(),
    codeChallenge: text('code_challenge'), // S256
    certificateSha256: bytea('certificate_sha256'), // presented when it was pushed: binds the code
    jwkThumbprint: bytea('jwk_thumbprint'), // `dpop_jkt`, or of the proof when it was pushed
    requestUriHash: bytea('request_uri_hash'), // of a `pushed` one
    openedAt: at('opened_at'), // at the authorization endpoint; once for a `pushed` one
    browserHash: bytea('browser_hash'), // of the cookie of the browser that brought it
    personId: text('person_id').references(() => people.id),
    answeredAt: at('answered_at'),
    answer: text('answer'), // `granted`, or the error that went back
    consentIds: text('consent_ids').array(), // what an acceptance in the wallet gave, for the code that its page fetches
    expiresAt: at('expires_at').notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    unique('authorization_requests_request_uri').on(t.requestUriHash),
    foreignKey({
      name: 'authorization_requests_application_environment',
      columns: [t.applicationId, t.environment],
      foreignColumns: [applicationEnvironments.applicationId, applicationEnvironments.environment],
    }),
    // A nonce is never seen twice for one client (seed 002).
    uniqueIndex('authorization_requests_one_nonce')
      .on(t.applicationId, t.environment, t.nonce)
      .where(sql`nonce is not null`),
    check('authorization_requests_kind_known', sql`${t.kind} in ('flow', 'standard', 'pushed')`),
    check('authorization_requests_answered', sql`(${t.answeredAt} is null) = (${t.answer} is null)`),
    // Those that sweeping may take or slim: what is kept of a nonce for good is in nobody's way.
    index('authorization_requests_expires').on(t.expiresAt).where(sql`nonce is null or browser_hash is not null`),
  ],
)

/** A code of the authorization-code flow: one exchange. Kept a while after its use, so that reuse is noticed. */
export const authorizationCodes = pgTable(
  'authorization_codes',
  {
    codeHash: bytea('code_hash').primaryKey(),
    requestId: text('request_id')
      .notNull()
      .references(() => authorizationRequests.id),
    authTime: at('auth_time').notNull(),
    amr: jsonb('amr').$type<string[]>().notNull(),
    expiresAt: at('expires_at').notNull(),
    exchangedAt: at('exchanged_at'),
    createdAt: createdAt(),
  },
  (t) => [
    unique('authorization_codes_request').on(t.requestId), // one answer, one code
    index('authorization_codes_expires').on(t.expiresAt),
  ],
)

/** What a code is exchanged for: tokens of one consent each, as a token never reaches two Customers (seed 002). */
export const authorizationCodeGrants = pgTable(
  'authorization_code_grants',
  {
    codeHash: bytea('code_hash')
      .notNull()
      .references(() => authorizationCodes.codeHash, { onDelete: 'cascade' }),
    position: smallint('position').notNull(), // 0: the token of the answer itself
    consentId: text('consent_id')
      .notNull()
      .references(() => consents.id),
    scopes: text('scopes').array().notNull(), // those that were allowed
    familyId: uuid('family_id'), // what the exchange minted, and reuse revokes
  },
  (t) => [
    primaryKey({ columns: [t.codeHash, t.position] }),
    unique('authorization_code_grants_consent').on(t.codeHash, t.consentId),
  ],
)

/** Proofs and assertions that have been presented: each counts once (RFC 7523 §3, RFC 9449 §11.1). */
export const spentProofs = pgTable(
  'spent_proofs',
  {
    applicationId: text('application_id').notNull(),
    proofHash: bytea('proof_hash').notNull(), // over its kind, key and `jti`
    expiresAt: at('expires_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.applicationId, t.proofHash] }), index('spent_proofs_expires').on(t.expiresAt)],
)
