import { sql } from 'drizzle-orm'
import { boolean, check, foreignKey, index, integer, pgTable, text, unique } from 'drizzle-orm/pg-core'
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
    endsAt: at('ends_at'), // the end of a rotation's overlap
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
  ],
)

/** When a credential or grant was last used, from where and how often: written behind, never in the way of a token. */
export const usageMarks = pgTable(
  'usage_marks',
  {
    subjectId: text('subject_id').primaryKey(), // sec_… or CON…
    lastUsedAt: at('last_used_at').notNull(),
    lastAddress: text('last_address'),
    dayStartedAt: at('day_started_at').notNull(),
    usesOfDay: integer('uses_of_day').notNull(),
    usesOfDayBefore: integer('uses_of_day_before').notNull().default(0),
  },
  (t) => [check('usage_marks_counts', sql`${t.usesOfDay} >= 0`)],
)

/** The institution's own resource servers (glossary: Core). */
export const cores = pgTable('cores', {
  id: text('id').primaryKey(),
  name: text('name').notNull().unique(),
  clientId: text('client_id').notNull().unique(),
  secretHash: bytea('secret_hash').notNull(),
  hint: text('hint').notNull(),
  createdAt: createdAt(),
  revokedAt: at('revoked_at'),
})
