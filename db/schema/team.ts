import { sql } from 'drizzle-orm'
import { check, index, pgTable, smallint, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { applications } from './applications'
import { at, bytea, createdAt } from './columns'
import { customers } from './customers'
import { people } from './people'

/** A place in an application's team, offered to an address by mail. */
export const applicationInvitations = pgTable(
  'application_invitations',
  {
    id: text('id').primaryKey(),
    applicationId: text('application_id')
      .notNull()
      .references(() => applications.id),
    email: text('email').notNull(), // as typed, trimmed; compared in lower case
    role: text('role').notNull(),
    tokenHash: bytea('token_hash').notNull(), // of the link that was sent last
    invitedBy: text('invited_by')
      .notNull()
      .references(() => people.id), // whoever sent it last
    createdAt: createdAt(),
    sends: smallint('sends').notNull().default(1),
    expiresAt: at('expires_at').notNull(),
    // Opened by somebody with another address, who waits for the inviter: the link is used up.
    claimedBy: text('claimed_by').references(() => people.id),
    claimedAt: at('claimed_at'),
    acceptedBy: text('accepted_by').references(() => people.id),
    acceptedAt: at('accepted_at'),
    withdrawnAt: at('withdrawn_at'),
    withdrawnBy: text('withdrawn_by').references(() => people.id), // null: it had expired when the next one was sent
  },
  (t) => [
    check(
      'application_invitations_role_known',
      sql`${t.role} in ('owner', 'admin', 'developer', 'credential-manager', 'analyst', 'auditor')`,
    ),
    uniqueIndex('application_invitations_token').on(t.tokenHash),
    // An address is invited to an application once at a time.
    uniqueIndex('application_invitations_one_open')
      .on(t.applicationId, sql`lower(${t.email})`)
      .where(sql`accepted_at is null and withdrawn_at is null`),
    index('application_invitations_email').on(sql`lower(${t.email})`),
  ],
)

/** An application offered to another business: the owner asks, an owner there accepts. */
export const applicationTransfers = pgTable(
  'application_transfers',
  {
    id: text('id').primaryKey(),
    applicationId: text('application_id')
      .notNull()
      .references(() => applications.id),
    fromCustomerId: text('from_customer_id')
      .notNull()
      .references(() => customers.id),
    toCustomerId: text('to_customer_id')
      .notNull()
      .references(() => customers.id),
    requestedBy: text('requested_by')
      .notNull()
      .references(() => people.id),
    createdAt: createdAt(),
    expiresAt: at('expires_at').notNull(),
    decidedBy: text('decided_by').references(() => people.id),
    decidedAt: at('decided_at'),
    outcome: text('outcome'),
  },
  (t) => [
    check('application_transfers_outcome_known', sql`${t.outcome} in ('accepted', 'refused', 'cancelled', 'expired')`),
    check('application_transfers_decided', sql`(${t.outcome} is null) = (${t.decidedAt} is null)`),
    // An application is offered to one business at a time.
    uniqueIndex('application_transfers_one_open').on(t.applicationId).where(sql`outcome is null`),
    index('application_transfers_receiver').on(t.toCustomerId),
  ],
)
