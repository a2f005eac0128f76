import { bigint, pgTable, text } from 'drizzle-orm/pg-core'
import { at, bytea, createdAt } from './columns'

/** What the installation makes once and keeps: for example its VAPID key pair. Sealed. */
export const settings = pgTable('settings', {
  name: text('name').primaryKey(),
  sealed: bytea('sealed').notNull(),
  createdAt: createdAt(),
})

/** What replicas hold in memory and must reload has a row here: its number grows in the transaction of each change. */
export const versions = pgTable('versions', {
  name: text('name').primaryKey(),
  version: bigint('version', { mode: 'number' }).notNull(),
  changedAt: at('changed_at').notNull(),
})
