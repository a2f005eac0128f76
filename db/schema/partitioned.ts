/**
 * Tables that are range-partitioned by day. drizzle-kit cannot write PARTITION BY, so they are created by a hand-written
 * migration (db/migrations) and described here for queries only; drizzle.config.ts leaves this file out.
 */
import { bigint, customType, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { at, bytea } from './columns'

const generatedBigint = customType<{ data: bigint; driverData: string; notNull: true; default: true }>({
  dataType() {
    return 'bigint'
  },
  fromDriver(value) {
    return BigInt(value)
  },
})

/** Inserted and dropped, never updated. */
export const accessTokens = pgTable('access_tokens', {
  accessKey: bigint('access_key', { mode: 'bigint' }).notNull(), // slot of the issue and six bytes of the hash (ADR-0023)
  accessHash: bytea('access_hash').notNull(),
  familyId: uuid('family_id').notNull(),
  issuedAt: at('issued_at').notNull(),
  expiresAt: at('expires_at').notNull(),
  // Of a family that never rotates: what this very token is bound to, empty for nothing. Null: what its family is bound to.
  certificateSha256: bytea('certificate_sha256'),
  chainId: text('chain_id'),
  jwkThumbprint: bytea('jwk_thumbprint'),
})

/** Append-only: a trigger forbids UPDATE and DELETE. */
export const auditEvents = pgTable('audit_events', {
  id: generatedBigint('id'),
  at: at('at').notNull(),
  action: text('action').notNull(),
  actorKind: text('actor_kind').notNull(),
  actorId: text('actor_id'),
  customerId: text('customer_id'),
  applicationId: text('application_id'),
  environment: text('environment'),
  subjectId: text('subject_id'),
  personId: text('person_id'),
  address: text('address'),
  requestId: text('request_id').notNull(),
  data: jsonb('data').$type<Record<string, unknown>>().notNull(),
  keyId: text('key_id').notNull(),
  mac: bytea('mac').notNull(),
})

/** The chain over audit_events, written afterwards by one chainer so that writers never wait for each other. */
export const auditLinks = pgTable('audit_links', {
  position: bigint('position', { mode: 'bigint' }).notNull(),
  eventId: bigint('event_id', { mode: 'bigint' }).notNull(),
  hash: bytea('hash').notNull(),
})
