import { sql } from 'drizzle-orm'
import { boolean, check, foreignKey, index, integer, jsonb, pgTable, smallint, text, unique } from 'drizzle-orm/pg-core'
import { applicationEnvironments } from './applications'
import { at, bytea, createdAt } from './columns'
import { passkeys, people } from './people'

export const dispositions = pgTable(
  'dispositions',
  {
    id: text('id').primaryKey(),
    operation: text('operation').notNull(), // what kind of thing is to be confirmed
    subjectId: text('subject_id').notNull(), // which one: CON…
    applicationId: text('application_id').notNull(),
    environment: text('environment').notNull(),
    // EXPIRED is written by a sweep; until then it follows from the times (lib/dispositions/disposition.ts).
    status: text('status').notNull(),
    initiatorId: text('initiator_id').references(() => people.id), // null: the application itself
    offer: jsonb('offer').$type<Record<string, unknown>>().notNull(), // what is asked, before an account is chosen
    importTokenHash: bytea('import_token_hash').notNull(),
    importTokenSealed: bytea('import_token_sealed'), // for a person's own page while WAITING, then erased (ADR-0021)
    importUntil: at('import_until').notNull(),
    importedBy: text('imported_by').references(() => people.id),
    importedAt: at('imported_at'),
    decideUntil: at('decide_until'),
    refusedImports: integer('refused_imports').notNull().default(0), // later importers, shown to the initiator
    numberWanted: boolean('number_wanted').notNull(),
    number: smallint('number'), // made at the import
    numberMatchedAt: at('number_matched_at'),
    wrongNumbers: smallint('wrong_numbers').notNull().default(0),
    // Fixed when the importer has chosen: RFC 8785 text, and the nonce that the signature covers with it.
    payload: text('payload'),
    renderedText: text('rendered_text'), // what the person reads; its hash is in the payload
    nonce: bytea('nonce'),
    returnUrl: text('return_url'),
    resultWanted: boolean('result_wanted').notNull().default(false),
    resultTokenHash: bytea('result_token_hash'),
    resultTokenSealed: bytea('result_token_sealed'), // for the importer's way back, erased when it has been presented
    resultUntil: at('result_until'),
    resultPresentedAt: at('result_presented_at'),
    endedAt: at('ended_at'),
    endReason: text('end_reason'),
    createdAt: createdAt(),
  },
  (t) => [
    unique('dispositions_import_token').on(t.importTokenHash),
    check(
      'dispositions_status_known',
      sql`${t.status} in ('WAITING', 'IMPORTED', 'GRANTED', 'REFUSED', 'CANCELLED', 'EXPIRED')`,
    ),
    // A token that was imported or has died is not kept.
    check('dispositions_sealed_token', sql`${t.importTokenSealed} is null or ${t.status} = 'WAITING'`),
    // Three tries, whatever the number of hands (security.md, Disposition Flow).
    check('dispositions_wrong_numbers', sql`${t.wrongNumbers} between 0 and 3`),
    // Nobody decides what nobody imported.
    check('dispositions_imported', sql`${t.status} not in ('IMPORTED', 'GRANTED') or ${t.importedBy} is not null`),
    foreignKey({
      name: 'dispositions_application_environment',
      columns: [t.applicationId, t.environment],
      foreignColumns: [applicationEnvironments.applicationId, applicationEnvironments.environment],
    }),
    index('dispositions_subject').on(t.subjectId),
    index('dispositions_imported_by').on(t.importedBy).where(sql`status = 'IMPORTED'`),
    index('dispositions_decide').on(t.decideUntil).where(sql`status = 'IMPORTED'`),
    // What is counted before one more is offered (lib/dispositions/require-room.ts).
    index('dispositions_open_of_application')
      .on(t.applicationId, t.environment)
      .where(sql`status in ('WAITING', 'IMPORTED')`),
    index('dispositions_open_of_initiator')
      .on(t.initiatorId)
      .where(sql`status in ('WAITING', 'IMPORTED') and initiator_id is not null`),
    index('dispositions_open').on(t.importUntil).where(sql`status in ('WAITING', 'IMPORTED')`),
  ],
)

/** What proves an acceptance afterwards: never changed, one per disposition. */
export const dispositionEvidence = pgTable('disposition_evidence', {
  dispositionId: text('disposition_id')
    .primaryKey()
    .references(() => dispositions.id),
  personId: text('person_id')
    .notNull()
    .references(() => people.id),
  passkeyId: text('passkey_id')
    .notNull()
    .references(() => passkeys.id),
  publicKey: bytea('public_key').notNull(),
  backupEligible: boolean('backup_eligible').notNull(),
  backedUp: boolean('backed_up').notNull(),
  payload: text('payload').notNull(),
  nonce: bytea('nonce').notNull(),
  renderedText: text('rendered_text').notNull(),
  locale: text('locale').notNull(),
  assertion: jsonb('assertion').$type<Record<string, unknown>>().notNull(),
  createdAt: createdAt(),
})
