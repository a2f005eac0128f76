import { sql } from 'drizzle-orm'
import { check, index, pgTable, text, unique, uniqueIndex } from 'drizzle-orm/pg-core'
import { at, createdAt } from './columns'
import { people } from './people'

export const customers = pgTable(
  'customers',
  {
    id: text('id').primaryKey(),
    kind: text('kind').notNull(),
    name: text('name').notNull(),
    nameVerifiedAt: at('name_verified_at'), // an operator has seen proof of the legal name
    createdBy: text('created_by').references(() => people.id),
    createdAt: createdAt(),
  },
  (t) => [check('customers_kind_known', sql`${t.kind} in ('personal', 'business')`)],
)

export const memberships = pgTable(
  'memberships',
  {
    id: text('id').primaryKey(),
    personId: text('person_id')
      .notNull()
      .references(() => people.id),
    customerId: text('customer_id')
      .notNull()
      .references(() => customers.id),
    role: text('role').notNull(),
    endedAt: at('ended_at'),
    createdAt: createdAt(),
  },
  (t) => [
    check('memberships_role_known', sql`${t.role} in ('owner', 'viewer')`),
    // A person belongs to a customer once at a time.
    uniqueIndex('memberships_one_live').on(t.personId, t.customerId).where(sql`ended_at is null`),
    index('memberships_customer').on(t.customerId),
  ],
)

export const accounts = pgTable(
  'accounts',
  {
    id: text('id').primaryKey(),
    customerId: text('customer_id')
      .notNull()
      .references(() => customers.id),
    environment: text('environment').notNull(),
    iban: text('iban').notNull(),
    currency: text('currency').notNull(),
    name: text('name').notNull(),
    closedAt: at('closed_at'),
    createdAt: createdAt(),
  },
  (t) => [
    check('accounts_environment_known', sql`${t.environment} in ('sandbox', 'production')`),
    unique('accounts_iban_unique').on(t.iban, t.environment),
    // Target of the composite foreign keys that join an application, an account and one environment.
    unique('accounts_id_environment').on(t.id, t.environment),
    unique('accounts_id_customer').on(t.id, t.customerId),
    index('accounts_customer').on(t.customerId),
  ],
)
