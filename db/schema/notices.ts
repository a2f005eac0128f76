import { integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { at } from './columns'

/** Notices that have been sent. Whoever inserts the row sends the notice, so that of several replicas one does. */
export const sentNotices = pgTable(
  'sent_notices',
  {
    subjectId: text('subject_id').notNull(),
    kind: text('kind').notNull(),
    threshold: integer('threshold').notNull(),
    endsAt: at('ends_at').notNull(), // an end that was moved is told of anew
    sentAt: at('sent_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.subjectId, t.kind, t.threshold, t.endsAt] })],
)
