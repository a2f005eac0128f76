import { sql } from 'drizzle-orm'
import { boolean, check, index, integer, pgTable, primaryKey, text, unique } from 'drizzle-orm/pg-core'
import { at, bytea, createdAt } from './columns'

/** Where authorities publish revocation, as certificates of accepted chains say. Asked by jobs, one for each source. */
export const revocationSources = pgTable(
  'revocation_sources',
  {
    id: text('id').primaryKey(),
    kind: text('kind').notNull(),
    url: text('url').notNull(),
    // Whom it answers for: SHA-256 of an issuer's name and key for a list, of one certificate for anything else.
    subject: bytea('subject').notNull(),
    issuer: bytea('issuer').notNull(), // the issuer's certificate
    certificate: bytea('certificate'), // the one that a responder is asked about
    nextFetchAt: at('next_fetch_at'), // null: never asked, since it is not processed here
    triedAt: at('tried_at'),
    fault: text('fault'), // of the last try; null where it succeeded
    failures: integer('failures').notNull().default(0), // in a row
    goodAt: at('good_at'), // of the last answer that counted
    thisUpdate: at('this_update'),
    nextUpdate: at('next_update'),
    createdAt: createdAt(),
  },
  (t) => [
    check('revocation_sources_kind_known', sql`${t.kind} in ('crl', 'ocsp', 'unsupported')`),
    unique('revocation_sources_one').on(t.kind, t.url, t.subject),
    index('revocation_sources_due').on(t.nextFetchAt),
  ],
)

/** What one source says of one certificate; without a status it has not answered so far. */
export const revocationChecks = pgTable(
  'revocation_checks',
  {
    certificateSha256: bytea('certificate_sha256').notNull(),
    sourceId: text('source_id')
      .notNull()
      .references(() => revocationSources.id, { onDelete: 'cascade' }),
    serial: text('serial').notNull(), // its octets, lower-case hex
    isAuthority: boolean('is_authority').notNull(),
    since: at('since').notNull(), // asked for since then
    status: text('status'),
    revokedAt: at('revoked_at'),
    reason: text('reason'),
    nextUpdate: at('next_update'),
    checkedAt: at('checked_at'),
  },
  (t) => [
    primaryKey({ columns: [t.certificateSha256, t.sourceId] }),
    index('revocation_checks_source').on(t.sourceId),
    check('revocation_checks_status_known', sql`${t.status} in ('good', 'revoked')`),
  ],
)

/** How an environment takes it when nobody says whether a certificate was revoked; without a row, as ADR-0104 has it. */
export const revocationPolicies = pgTable(
  'revocation_policies',
  {
    environment: text('environment').primaryKey(),
    mode: text('mode').notNull(),
    maxAgeSeconds: integer('max_age_seconds').notNull(),
    changedAt: at('changed_at').notNull(),
  },
  (t) => [
    check('revocation_policies_environment_known', sql`${t.environment} in ('sandbox', 'production')`),
    check('revocation_policies_mode_known', sql`${t.mode} in ('hard', 'soft')`),
    check('revocation_policies_max_age', sql`${t.maxAgeSeconds} > 0`),
  ],
)
