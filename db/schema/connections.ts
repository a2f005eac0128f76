import { sql } from 'drizzle-orm'
import { check, foreignKey, index, jsonb, pgTable, text, unique } from 'drizzle-orm/pg-core'
import { applicationEnvironments } from './applications'
import { at, bytea, createdAt } from './columns'
import { accounts } from './customers'
import { dispositions } from './dispositions'
import { people } from './people'

/**
 * A requested or granted Connection. Its status follows from `revoked_at`, `granted_at` and, before either, from its
 * disposition (lib/connections/connection.ts).
 */
export const connections = pgTable(
  'connections',
  {
    id: text('id').primaryKey(), // CON…
    applicationId: text('application_id').notNull(),
    environment: text('environment').notNull(),
    dispositionId: text('disposition_id').references(() => dispositions.id), // null: granted on the command line
    reference: text('reference'),
    accountType: text('account_type'),
    // Set by the grant, all together.
    accountId: text('account_id'),
    customerId: text('customer_id'),
    grantedBy: text('granted_by').references(() => people.id), // null with granted_at: an operator, sandbox only
    grantedAt: at('granted_at'),
    authTime: at('auth_time'),
    amr: jsonb('amr').$type<string[]>(),
    codeHash: bytea('code_hash'),
    codeHint: text('code_hint'),
    codeSealed: bytea('code_sealed'), // given out until the first exchange or for ten minutes, then erased
    codeSealedUntil: at('code_sealed_until'),
    codeShownAt: at('code_shown_at'), // to the person of a self-connection, once
    revokedAt: at('revoked_at'),
    revokedBy: text('revoked_by'),
    createdAt: createdAt(),
  },
  (t) => [
    unique('connections_code').on(t.codeHash),
    foreignKey({
      name: 'connections_application_environment',
      columns: [t.applicationId, t.environment],
      foreignColumns: [applicationEnvironments.applicationId, applicationEnvironments.environment],
    }),
    // A sandbox application never reaches a production account, nor the other way round.
    foreignKey({
      name: 'connections_account_environment',
      columns: [t.accountId, t.environment],
      foreignColumns: [accounts.id, accounts.environment],
    }),
    foreignKey({
      name: 'connections_account_customer',
      columns: [t.accountId, t.customerId],
      foreignColumns: [accounts.id, accounts.customerId],
    }),
    check(
      'connections_grant_whole',
      sql`(${t.grantedAt} is null) = (${t.accountId} is null) and (${t.grantedAt} is null) = (${t.codeHash} is null) and (${t.grantedAt} is null) = (${t.customerId} is null)`,
    ),
    index('connections_application').on(t.applicationId, t.environment),
    index('connections_customer').on(t.customerId),
    index('connections_disposition').on(t.dispositionId),
  ],
)
