import { pgTable, text } from 'drizzle-orm/pg-core'
import { bytea, createdAt } from './columns'

/** What the installation makes once and keeps: for example its VAPID key pair. Sealed. */
export const settings = pgTable('settings', {
  name: text('name').primaryKey(),
  sealed: bytea('sealed').notNull(),
  createdAt: createdAt(),
})
