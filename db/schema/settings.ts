import { bigint, pgTable, text } from 'drizzle-orm/pg-core'
import { bytea, createdAt } from './columns'

/** What the installation makes once and keeps: for example its VAPID key pair. Sealed. */
export const settings = pgTable('settings', {
  name: text('name').primaryKey(),
  sealed: bytea('sealed').notNull(),
  createdAt: createdAt(),
})

/** What replicas must reload has a row here; each replica reads the table every 500 ms. */
export const versions = pgTable('versions', {
  name: text('name').primaryKey(),
  version: bigint('version', { mode: 'number' }).notNull(),
})
