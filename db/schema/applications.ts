import { sql } from 'drizzle-orm'
import {
  boolean,
  check,
  foreignKey,
  index,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import { at, bytea, createdAt } from './columns'
import { customers } from './customers'
import { people } from './people'

export const applications = pgTable(
  'applications',
  {
    id: text('id').primaryKey(),
    customerId: text('customer_id')
      .notNull()
      .references(() => customers.id), // the Application Owner, a business
    name: text('name').notNull(),
    description: text('description').notNull().default(''),
    logo: bytea('logo'), // PNG, 256 × 256, re-encoded by us
    createdBy: text('created_by').references(() => people.id),
    suspendedAt: at('suspended_at'),
    suspendedReason: text('suspended_reason'),
    fourEyesSince: at('four_eyes_since'), // production secrets and certificates need a second member
    createdAt: createdAt(),
  },
  (t) => [index('applications_customer').on(t.customerId)],
)

/** An application in one environment: its own key, secrets, certificates, callbacks and data. */
export const applicationEnvironments = pgTable(
  'application_environments',
  {
    applicationId: text('application_id')
      .notNull()
      .references(() => applications.id),
    environment: text('environment').notNull(),
    clientId: text('client_id').notNull(), // the Application Key, 32 hex
    profile: text('profile').notNull(),
    mtlsRequired: boolean('mtls_required').notNull().default(false),
    scopes: jsonb('scopes').$type<string[]>().notNull().default([]),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.applicationId, t.environment] }),
    unique('application_environments_client_id').on(t.clientId),
    check('application_environments_environment_known', sql`${t.environment} in ('sandbox', 'production')`),
    check('application_environments_profile_known', sql`${t.profile} in ('legacy', 'standard', 'fapi2')`),
  ],
)

export const callbacks = pgTable(
  'callbacks',
  {
    id: text('id').primaryKey(),
    applicationId: text('application_id').notNull(),
    environment: text('environment').notNull(),
    url: text('url').notNull(),
    host: text('host').notNull(), // lower case, without port
    removedAt: at('removed_at'),
    createdBy: text('created_by').references(() => people.id),
    createdAt: createdAt(),
  },
  (t) => [
    foreignKey({
      name: 'callbacks_application_environment',
      columns: [t.applicationId, t.environment],
      foreignColumns: [applicationEnvironments.applicationId, applicationEnvironments.environment],
    }),
    uniqueIndex('callbacks_one_live').on(t.applicationId, t.environment, t.url).where(sql`removed_at is null`),
  ],
)

/** Team Developers: people who work on an application, whether or not they belong to its Customer. */
export const applicationMembers = pgTable(
  'application_members',
  {
    id: text('id').primaryKey(),
    applicationId: text('application_id')
      .notNull()
      .references(() => applications.id),
    personId: text('person_id')
      .notNull()
      .references(() => people.id),
    role: text('role').notNull(),
    createdBy: text('created_by').references(() => people.id), // who let them in
    createdAt: createdAt(),
    endedAt: at('ended_at'),
    endedBy: text('ended_by').references(() => people.id), // themselves, where they left
  },
  (t) => [
    check(
      'application_members_role_known',
      sql`${t.role} in ('owner', 'admin', 'developer', 'credential-manager', 'analyst', 'auditor')`,
    ),
    // A person has one role for an application at a time.
    uniqueIndex('application_members_one_live').on(t.applicationId, t.personId).where(sql`ended_at is null`),
    index('application_members_person').on(t.personId),
  ],
)
