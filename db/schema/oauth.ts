import { sql } from 'drizzle-orm'
import { bigint, index, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { at, bytea, createdAt } from './columns'

/**
 * A refresh family of `/oa2/v1`: one live pair at a time. The access token's hash stays here when the token has expired, so
 * that `PUT` recognises it. The family outlives its access tokens and is the parent that revocation marks.
 */
export const tokenFamilies = pgTable(
  'token_families',
  {
    id: uuid('id').primaryKey(), // version 7, made by the process: inserts stay at the index's end
    applicationId: text('application_id').notNull(),
    environment: text('environment').notNull(),
    secretId: text('secret_id').notNull(),
    connectionId: text('connection_id'), // null: an application token
    refreshKey: bigint('refresh_key', { mode: 'bigint' }).notNull(), // the hash's first eight bytes: a small index
    refreshHash: bytea('refresh_hash').notNull(),
    accessHash: bytea('access_hash').notNull(),
    expiresAt: at('expires_at').notNull(),
    revokedAt: at('revoked_at'),
    revokedReason: text('revoked_reason'),
    createdAt: createdAt(),
  },
  (t) => [index('token_families_refresh').on(t.refreshKey)],
)

/** A refresh token that has been used. For 30 s its successor can be given out again, sealed under the used token itself. */
export const tokenRotations = pgTable(
  'token_rotations',
  {
    refreshHash: bytea('refresh_hash').primaryKey(),
    familyId: uuid('family_id').notNull(),
    accessHash: bytea('access_hash').notNull(), // of the access token that was current then
    rotatedAt: at('rotated_at').notNull(),
    successorSealed: bytea('successor_sealed'),
  },
  (t) => [
    index('token_rotations_family').on(t.familyId),
    index('token_rotations_sealed').on(t.rotatedAt).where(sql`successor_sealed is not null`),
  ],
)
