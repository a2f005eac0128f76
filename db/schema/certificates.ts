import { sql } from 'drizzle-orm'
import {
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
} from 'drizzle-orm/pg-core'
import { applicationEnvironments, applications } from './applications'
import { at, bytea, createdAt } from './columns'
import { people } from './people'

/** Roots that operators trust. A chain counts as trusted for as long as its root is here and not removed. */
export const trustAnchors = pgTable(
  'trust_anchors',
  {
    id: text('id').primaryKey(),
    environment: text('environment').notNull(),
    owner: text('owner').notNull(), // who runs the CA
    purpose: text('purpose').notNull(), // what operators trust it for
    subject: text('subject').notNull(),
    der: bytea('der').notNull(),
    sha256: bytea('sha256').notNull(),
    notBefore: at('not_before').notNull(),
    notAfter: at('not_after').notNull(),
    createdAt: createdAt(),
    removedAt: at('removed_at'),
  },
  (t) => [
    check('trust_anchors_environment_known', sql`${t.environment} in ('sandbox', 'production')`),
    uniqueIndex('trust_anchors_one_live').on(t.environment, t.sha256).where(sql`removed_at is null`),
  ],
)

/** Whose a leaf’s public key is: the first application that had a certificate for it accepted keeps it. */
export const certificateKeys = pgTable(
  'certificate_keys',
  {
    spkiSha256: bytea('spki_sha256').primaryKey(), // one key, one application
    applicationId: text('application_id')
      .notNull()
      .references(() => applications.id),
    createdAt: createdAt(),
  },
  (t) => [unique('certificate_keys_of_application').on(t.spkiSha256, t.applicationId)],
)

/** A submitted chain. Its state is derived from these moments (lib/certificates/chain-state.ts). */
export const certificateChains = pgTable(
  'certificate_chains',
  {
    id: text('id').primaryKey(),
    applicationId: text('application_id').notNull(),
    environment: text('environment').notNull(),
    subject: text('subject').notNull(), // of the leaf
    leafSha256: bytea('leaf_sha256').notNull(),
    rootSha256: bytea('root_sha256').notNull(),
    keySha256: bytea('key_sha256'), // the claim on the leaf's key; null before it is approved
    notBefore: at('not_before').notNull(), // the latest of all its certificates
    notAfter: at('not_after').notNull(), // the earliest of all its certificates
    report: jsonb('report').notNull(), // as it was at submission
    submittedBy: text('submitted_by').references(() => people.id), // null: an operator on the command line
    submittedAt: at('submitted_at').notNull(),
    approvedAt: at('approved_at'), // null: pending review
    refusedAt: at('refused_at'),
    startsAt: at('starts_at').notNull(),
    replacesAt: at('replaces_at'), // when those before it end; null: they stay
    endsAt: at('ends_at'), // the cut-over to another chain
    endedBy: text('ended_by'), // the chain whose cut-over that is; null where somebody chose the end
    revokedAt: at('revoked_at'),
    revokedReason: text('revoked_reason'),
    closesOneWayAt: at('closes_one_way_at'), // when the first chain makes mutual TLS the only way
    closedOneWayAt: at('closed_one_way_at'), // when it did
  },
  (t) => [
    foreignKey({
      name: 'certificate_chains_application_environment',
      columns: [t.applicationId, t.environment],
      foreignColumns: [applicationEnvironments.applicationId, applicationEnvironments.environment],
    }),
    foreignKey({
      name: 'certificate_chains_key',
      columns: [t.keySha256, t.applicationId],
      foreignColumns: [certificateKeys.spkiSha256, certificateKeys.applicationId],
    }),
    // The same leaf is submitted once, and never again after it was revoked.
    uniqueIndex('certificate_chains_one_leaf')
      .on(t.applicationId, t.environment, t.leafSha256)
      .where(sql`refused_at is null`),
    index('certificate_chains_leaf').on(t.leafSha256), // whose is the certificate of this handshake
    index('certificate_chains_root').on(t.environment, t.rootSha256),
    // For the sweep: chains that are to make mutual TLS the only way, and have not.
    index('certificate_chains_closing')
      .on(t.closesOneWayAt)
      .where(sql`closes_one_way_at is not null and closed_one_way_at is null`),
    check('certificate_chains_reviewed_once', sql`${t.approvedAt} is null or ${t.refusedAt} is null`),
  ],
)

/** The certificates of a chain, leaf first: canonical DER, never what was uploaded. */
export const chainCertificates = pgTable(
  'chain_certificates',
  {
    chainId: text('chain_id')
      .notNull()
      .references(() => certificateChains.id),
    position: smallint('position').notNull(),
    der: bytea('der').notNull(),
    sha256: bytea('sha256').notNull(),
    subject: text('subject').notNull(),
    notAfter: at('not_after').notNull(),
    // How many places publish its revocation; null before anybody looked, 0 for a root.
    revocationSources: smallint('revocation_sources'),
  },
  (t) => [
    primaryKey({ columns: [t.chainId, t.position] }),
    index('chain_certificates_sha256').on(t.sha256), // chains of a certificate that was revoked
    index('chain_certificates_ending').on(t.notAfter), // for notices
    index('chain_certificates_unread').on(t.chainId).where(sql`revocation_sources is null`),
  ],
)

/** What the sandbox CA has signed: source of its revocation list. */
export const sandboxCertificates = pgTable(
  'sandbox_certificates',
  {
    serial: text('serial').primaryKey(), // lower-case hex
    applicationId: text('application_id')
      .notNull()
      .references(() => applications.id),
    kind: text('kind').notNull(),
    notAfter: at('not_after').notNull(),
    revokedAt: at('revoked_at'),
    createdBy: text('created_by').references(() => people.id),
    createdAt: createdAt(),
  },
  (t) => [index('sandbox_certificates_application').on(t.applicationId)],
)

/** Addresses of calendar feeds: the token in one is kept as its hash, and a new one replaces it. */
export const certificateCalendars = pgTable(
  'certificate_calendars',
  {
    applicationId: text('application_id')
      .primaryKey()
      .references(() => applications.id),
    tokenHash: bytea('token_hash').notNull(),
    createdBy: text('created_by').references(() => people.id),
    createdAt: createdAt(),
  },
  (t) => [unique('certificate_calendars_token').on(t.tokenHash)],
)
