import { sql } from 'drizzle-orm'
import { bigint, check, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { applications } from './applications'
import { certificateChains } from './certificates'
import { at, bytea } from './columns'

/** The last handshake in which somebody proved to hold the key of a chain's leaf; written behind. */
export const chainHandshakes = pgTable('chain_handshakes', {
  chainId: text('chain_id')
    .primaryKey()
    .references(() => certificateChains.id),
  at: at('at').notNull(),
  address: text('address'),
  protocol: text('protocol'), // null: a proxy made the handshake
})

/**
 * Client certificates that were refused, by the application that they are laid to; written behind, the same once more is counted.
 * Names are what strangers wrote. Swept to a few for each environment.
 */
export const certificateRefusals = pgTable(
  'certificate_refusals',
  {
    applicationId: text('application_id')
      .notNull()
      .references(() => applications.id),
    environment: text('environment').notNull(),
    code: text('code').notNull(),
    laidBy: text('laid_by').notNull(), // what makes it this application's
    leafSha256: bytea('leaf_sha256').notNull(), // empty: no certificate came
    chainId: text('chain_id').references(() => certificateChains.id), // that has this leaf or, else, its key
    subject: text('subject').notNull(),
    issuer: text('issuer').notNull(),
    notAfter: at('not_after'),
    address: text('address'),
    protocol: text('protocol'),
    firstAt: at('first_at').notNull(),
    lastAt: at('last_at').notNull(),
    times: integer('times').notNull(),
  },
  (t) => [
    primaryKey({
      name: 'certificate_refusals_once',
      columns: [t.applicationId, t.environment, t.code, t.laidBy, t.leafSha256],
    }),
    check('certificate_refusals_laid', sql`${t.laidBy} in ('certificate', 'key', 'secret', 'application-key')`),
  ],
)

/** Which version of the trust store each process has; one that says nothing for a while has ended. */
export const trustStoreReports = pgTable('trust_store_reports', {
  replicaId: text('replica_id').primaryKey(),
  version: bigint('version', { mode: 'number' }).notNull(),
  reportedAt: at('reported_at').notNull(),
})
