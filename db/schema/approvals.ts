import { sql } from 'drizzle-orm'
import { check, index, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { applications } from './applications'
import { at, createdAt } from './columns'
import { people } from './people'

/** Acts that wait for a second member of the team, and what that member said. */
export const approvalRequests = pgTable(
  'approval_requests',
  {
    id: text('id').primaryKey(),
    applicationId: text('application_id')
      .notNull()
      .references(() => applications.id),
    environment: text('environment').notNull(),
    action: text('action').notNull(), // of the table in lib/access/permissions.ts
    subject: text('subject').notNull(), // what exactly, in words that the second member reads
    requestedBy: text('requested_by')
      .notNull()
      .references(() => people.id),
    createdAt: createdAt(),
    expiresAt: at('expires_at').notNull(),
    outcome: text('outcome'),
    decidedBy: text('decided_by').references(() => people.id),
    decidedAt: at('decided_at'),
    usedAt: at('used_at'), // an approval is worth one act
  },
  (t) => [
    check('approval_requests_environment_known', sql`${t.environment} in ('sandbox', 'production')`),
    check('approval_requests_outcome_known', sql`${t.outcome} in ('approved', 'refused', 'expired')`),
    check('approval_requests_decided', sql`(${t.outcome} is null) = (${t.decidedAt} is null)`),
    check('approval_requests_second_person', sql`${t.decidedBy} <> ${t.requestedBy}`),
    // A person asks for the same act once at a time.
    uniqueIndex('approval_requests_one_open')
      .on(t.applicationId, t.environment, t.action, t.subject, t.requestedBy)
      .where(sql`outcome is null`),
    index('approval_requests_application').on(t.applicationId, t.createdAt),
  ],
)
