import { sql } from 'drizzle-orm'
import { check, foreignKey, index, jsonb, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { applicationEnvironments } from './applications'
import { at, createdAt } from './columns'
import { customers } from './customers'
import { people } from './people'

/**
 * What a Person allowed an Application to do for a Customer. It counts while it is not revoked, its time has not come, and
 * the Person still belongs to the Customer.
 */
export const consents = pgTable(
  'consents',
  {
    id: text('id').primaryKey(),
    personId: text('person_id')
      .notNull()
      .references(() => people.id),
    customerId: text('customer_id')
      .notNull()
      .references(() => customers.id),
    applicationId: text('application_id').notNull(),
    environment: text('environment').notNull(),
    scopes: text('scopes').array().notNull(),
    authorizationDetails: jsonb('authorization_details').$type<Record<string, unknown>[]>(), // RFC 9396
    authTime: at('auth_time').notNull(), // of the SCA that gave or renewed it
    amr: jsonb('amr').$type<string[]>().notNull(),
    grantedAt: at('granted_at').notNull(),
    renewedAt: at('renewed_at'),
    expiresAt: at('expires_at').notNull(), // 180 days after the last SCA
    revokedAt: at('revoked_at'),
    revokedBy: text('revoked_by'), // a person's id, `application`, `operator`, `system`
    revokedReason: text('revoked_reason'),
    createdAt: createdAt(),
  },
  (t) => [
    foreignKey({
      name: 'consents_application_environment',
      columns: [t.applicationId, t.environment],
      foreignColumns: [applicationEnvironments.applicationId, applicationEnvironments.environment],
    }),
    // Person + Customer + Application have one consent at a time: a further one renews or changes it.
    uniqueIndex('consents_one_live')
      .on(t.personId, t.customerId, t.applicationId, t.environment)
      .where(sql`revoked_at is null`),
    index('consents_customer').on(t.customerId),
    index('consents_application').on(t.applicationId, t.environment),
    check('consents_scopes', sql`cardinality(${t.scopes}) > 0 or ${t.authorizationDetails} is not null`),
  ],
)
