import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  text,
  unique,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import { applicationEnvironments } from './applications'
import { at, bytea, createdAt } from './columns'
import { people } from './people'

export const applicationSecrets = pgTable(
  'application_secrets',
  {
    id: text('id').primaryKey(),
    applicationId: text('application_id').notNull(),
    environment: text('environment').notNull(),
    secretHash: bytea('secret_hash').notNull(),
    hint: text('hint').notNull(),
    createdBy: text('created_by').references(() => people.id), // null: made by an operator on the command line
    createdAt: createdAt(),
    endsAt: at('ends_at'), // of its chosen lifetime, or of a rotation's overlap
    endsBecause: text('ends_because'),
    retiresUnusedHours: integer('retires_unused_hours'), // ends before that, once unused for so long
    retirementChosenAt: at('retirement_chosen_at'),
    revokedAt: at('revoked_at'),
    keepsTokens: boolean('keeps_tokens').notNull().default(false), // revoked, but the tokens it minted live on
  },
  (t) => [
    unique('application_secrets_hash').on(t.secretHash),
    foreignKey({
      name: 'application_secrets_application_environment',
      columns: [t.applicationId, t.environment],
      foreignColumns: [applicationEnvironments.applicationId, applicationEnvironments.environment],
    }),
    index('application_secrets_application').on(t.applicationId, t.environment),
    index('application_secrets_ending').on(t.endsAt).where(sql`ends_at is not null and revoked_at is null`),
    check(
      'application_secrets_ends_because_known',
      sql`${t.endsBecause} in ('lifetime', 'rotation', 'ended', 'unused')`,
    ),
    // Who wants a secret retired said when, and for a time that marks of use are kept for.
    check(
      'application_secrets_retirement',
      sql`(${t.retiresUnusedHours} is null) = (${t.retirementChosenAt} is null) and ${t.retiresUnusedHours} between 1 and 720`,
    ),
  ],
)

/** Who has had a secret before their eyes: what a leaving member takes along. */
export const secretSightings = pgTable(
  'secret_sightings',
  {
    id: bigint('id', { mode: 'bigint' }).primaryKey().generatedAlwaysAsIdentity(),
    secretId: text('secret_id')
      .notNull()
      .references(() => applicationSecrets.id),
    personId: text('person_id').references(() => people.id), // null: an operator on the command line
    seenBy: text('seen_by').notNull(), // by which act
    seenAt: at('seen_at').notNull(),
    address: text('address'),
  },
  (t) => [
    index('secret_sightings_secret').on(t.secretId),
    index('secret_sightings_person').on(t.personId),
    check('secret_sightings_seen_by_known', sql`${t.seenBy} in ('made', 'rotated', 'replaced')`),
  ],
)

/**
 * Every Application Key that there ever was: a key is never given out again. The current one of an environment has no end,
 * and is kept on `application_environments` too. A trigger there enters the first.
 */
export const applicationKeys = pgTable(
  'application_keys',
  {
    clientId: text('client_id').primaryKey(),
    applicationId: text('application_id').notNull(),
    environment: text('environment').notNull(),
    createdBy: text('created_by').references(() => people.id), // null: with the application, or on the command line
    createdAt: createdAt(),
    endsAt: at('ends_at'),
    endsBecause: text('ends_because'),
  },
  (t) => [
    foreignKey({
      name: 'application_keys_application_environment',
      columns: [t.applicationId, t.environment],
      foreignColumns: [applicationEnvironments.applicationId, applicationEnvironments.environment],
    }),
    index('application_keys_application').on(t.applicationId, t.environment),
    // Of two rotations at once the second finds no current key to replace.
    uniqueIndex('application_keys_one_current').on(t.applicationId, t.environment).where(sql`ends_at is null`),
    index('application_keys_ending').on(t.endsAt).where(sql`ends_at is not null`), // for notices
    check('application_keys_ends_because_known', sql`${t.endsBecause} in ('rotation', 'ended')`),
  ],
)

/** A public key that an application signs its client assertions with (RFC 7523, `private_key_jwt`). */
export const applicationPublicKeys = pgTable(
  'application_public_keys',
  {
    id: text('id').primaryKey(),
    applicationId: text('application_id').notNull(),
    environment: text('environment').notNull(),
    kid: text('kid').notNull(),
    algorithm: text('algorithm').notNull(), // JWA: the one that it verifies
    jwk: jsonb('jwk').$type<Record<string, unknown>>().notNull(), // its public members only
    thumbprint: bytea('thumbprint').notNull(), // RFC 7638, SHA-256
    createdBy: text('created_by').references(() => people.id), // null: an operator on the command line
    createdAt: createdAt(),
    endsAt: at('ends_at'), // of its chosen lifetime, or of the overlap with what replaces it
    endsBecause: text('ends_because'),
    revokedAt: at('revoked_at'),
    keepsTokens: boolean('keeps_tokens').notNull().default(false), // revoked, but the tokens it minted live on
  },
  (t) => [
    foreignKey({
      name: 'application_public_keys_application_environment',
      columns: [t.applicationId, t.environment],
      foreignColumns: [applicationEnvironments.applicationId, applicationEnvironments.environment],
    }),
    // A `kid` names one key of an application.
    uniqueIndex('application_public_keys_one_kid')
      .on(t.applicationId, t.environment, t.kid)
      .where(sql`revoked_at is null`),
    // What was revoked never comes back, under no other name either.
    uniqueIndex('application_public_keys_one_key').on(t.applicationId, t.environment, t.thumbprint),
    index('application_public_keys_ending').on(t.endsAt).where(sql`ends_at is not null and revoked_at is null`), // for notices
    check('application_public_keys_ends_because_known', sql`${t.endsBecause} in ('lifetime', 'rotation')`),
    check('application_public_keys_algorithm_known', sql`${t.algorithm} in ('PS256', 'ES256', 'EdDSA')`),
  ],
)

/** When a credential or grant was last used, from where and how often: written behind, never in the way of a token. */
export const usageMarks = pgTable(
  'usage_marks',
  {
    subjectId: text('subject_id').primaryKey(), // sec_…, CON…, or an Application Key
    lastUsedAt: at('last_used_at').notNull(),
    lastAddress: text('last_address'),
    hourStartedAt: at('hour_started_at'), // of the first of:
    usesByHour: integer('uses_by_hour').array().notNull().default(sql`'{}'`), // newest first, 25 of them
    // Written by processes of the release before, read by nobody.
    dayStartedAt: at('day_started_at').notNull().default(sql`now()`),
    usesOfDay: integer('uses_of_day').notNull().default(0),
    usesOfDayBefore: integer('uses_of_day_before').notNull().default(0),
  },
  (t) => [check('usage_marks_counts', sql`${t.usesOfDay} >= 0`)],
)

/** Up to when each running process has written its marks of use (ADR-0081). A process that stops takes its row along. */
export const usageReports = pgTable('usage_reports', {
  replicaId: text('replica_id').primaryKey(),
  startedAt: at('started_at').notNull(),
  flushedUntil: at('flushed_until').notNull(),
})

/** The institution's own resource servers (glossary: Core). */
export const cores = pgTable('cores', {
  id: text('id').primaryKey(),
  name: text('name').notNull().unique(),
  clientId: text('client_id').notNull().unique(),
  secretHash: bytea('secret_hash').notNull(),
  hint: text('hint').notNull(),
  certificateSha256: bytea('certificate_sha256'), // null: the secret alone is enough
  createdAt: createdAt(),
  revokedAt: at('revoked_at'),
})
