import { and, asc, eq, gt, inArray, isNotNull, isNull, lte, ne, or, type SQL, sql } from 'drizzle-orm'
import type { Database, Transaction } from '@/db/client'
import { applicationEnvironments, applications } from '@/db/schema/applications'
import { accounts, customers, memberships } from '@/db/schema/customers'
import { dispositionEvidence, dispositions } from '@/db/schema/dispositions'
import { people } from '@/db/schema/people'
import { maskIban } from '@/lib/core/iban'
import { type DispositionEvent, statusesBefore } from './disposition'
import {
  type AccountChoice,
  type AskingApplication,
  type EndReason,
  NUMBER_TRIES,
  type PendingDisposition,
} from './schema'

const d = dispositions

// Ids come from addresses too: what cannot be one is not asked for, a NUL least of all.
const ID = /^\w{1,64}$/

const COLUMNS = {
  id: d.id,
  operation: d.operation,
  subjectId: d.subjectId,
  applicationId: d.applicationId,
  environment: d.environment,
  status: d.status,
  initiatorId: d.initiatorId,
  offer: d.offer,
  importUntil: d.importUntil,
  importedBy: d.importedBy,
  decideUntil: d.decideUntil,
  refusedImports: d.refusedImports,
  numberWanted: d.numberWanted,
  number: d.number,
  numberMatchedAt: d.numberMatchedAt,
  wrongNumbers: d.wrongNumbers,
  returnUrl: d.returnUrl,
  resultWanted: d.resultWanted,
  resultUntil: d.resultUntil,
  resultPresentedAt: d.resultPresentedAt,
  endReason: d.endReason,
}

/**
 * `event` may still happen at `now`: the state is one that it may start from, and that state has not run out. Used in the
 * WHERE clause of every change, so that a race has one winner and a sweep that is late lets nothing through.
 */
function mayStill(event: DispositionEvent, now: Date): SQL | undefined {
  return and(
    inArray(d.status, statusesBefore(event)),
    or(and(eq(d.status, 'WAITING'), gt(d.importUntil, now)), and(eq(d.status, 'IMPORTED'), gt(d.decideUntil, now))),
  )
}

export async function insertDisposition(tx: Transaction, row: typeof dispositions.$inferInsert): Promise<void> {
  await tx.insert(d).values(row)
}

/** Makes other offers of the same application and environment, and of the same person, wait for this transaction. */
export async function holdAsker(
  tx: Transaction,
  asker: { applicationId: string; environment: string; initiatorId: string | null },
): Promise<void> {
  await tx
    .select({ id: applicationEnvironments.applicationId })
    .from(applicationEnvironments)
    .where(
      and(
        eq(applicationEnvironments.applicationId, asker.applicationId),
        eq(applicationEnvironments.environment, asker.environment),
      ),
    )
    .for('no key update')
  if (asker.initiatorId === null) return
  await tx.select({ id: people.id }).from(people).where(eq(people.id, asker.initiatorId)).for('no key update')
}

/** What is open now, and when the first of it ends by time. */
export async function countOpen(
  db: Database,
  asker: { applicationId: string; environment: string; initiatorId: string | null },
  now: Date,
): Promise<{ ofApplication: number; ofPerson: number; firstEndsAt: Date | null }> {
  const ofApplication = and(eq(d.applicationId, asker.applicationId), eq(d.environment, asker.environment))
  const ofPerson = asker.initiatorId === null ? sql`false` : eq(d.initiatorId, asker.initiatorId)
  const [row] = await db
    .select({
      ofApplication: sql<number>`count(*) filter (where ${ofApplication})`.mapWith(Number),
      ofPerson: sql<number>`count(*) filter (where ${ofPerson})`.mapWith(Number),
      firstEndsAt: sql<Date | null>`min(coalesce(${d.decideUntil}, ${d.importUntil}))`.mapWith(d.importUntil),
    })
    .from(d)
    .where(
      and(
        sql`${d.status} in ('WAITING', 'IMPORTED')`, // as the partial indexes say it
        gt(sql`coalesce(${d.decideUntil}, ${d.importUntil})`, now.toISOString()),
        or(ofApplication, ofPerson),
      ),
    )
  return row ?? { ofApplication: 0, ofPerson: 0, firstEndsAt: null }
}

export async function findById(db: Database, id: string) {
  if (!ID.test(id)) return null
  const [row] = await db.select(COLUMNS).from(d).where(eq(d.id, id))
  return row ?? null
}

export async function findByToken(db: Database, importTokenHash: Buffer) {
  const [row] = await db.select(COLUMNS).from(d).where(eq(d.importTokenHash, importTokenHash))
  return row ?? null
}

export async function findOfImporter(db: Database, id: string, personId: string) {
  if (!ID.test(id)) return null
  const [row] = await db
    .select({ ...COLUMNS, payload: d.payload, renderedText: d.renderedText, nonce: d.nonce })
    .from(d)
    .where(and(eq(d.id, id), eq(d.importedBy, personId)))
  return row ?? null
}

export async function listOpenOfImporter(db: Database, personId: string, now: Date): Promise<PendingDisposition[]> {
  const rows = await db
    .select({
      id: d.id,
      operation: d.operation,
      applicationName: applications.name,
      environment: d.environment,
      expiresAt: d.decideUntil,
    })
    .from(d)
    .innerJoin(applications, eq(applications.id, d.applicationId))
    .where(and(eq(d.importedBy, personId), eq(d.status, 'IMPORTED'), gt(d.decideUntil, now)))
    .orderBy(asc(d.decideUntil), asc(d.id))
  return rows as PendingDisposition[]
}

export async function findSealedResult(db: Database, id: string, personId: string, now: Date) {
  const [row] = await db
    .select({ resultTokenSealed: d.resultTokenSealed })
    .from(d)
    .where(and(eq(d.id, id), eq(d.importedBy, personId), isNull(d.resultPresentedAt), gt(d.resultUntil, now)))
  return row?.resultTokenSealed ?? null
}

export async function findSealedToken(db: Database, id: string, initiatorId: string, now: Date) {
  if (!ID.test(id)) return null
  const [row] = await db
    .select({ importTokenSealed: d.importTokenSealed })
    .from(d)
    .where(and(eq(d.id, id), eq(d.initiatorId, initiatorId), eq(d.status, 'WAITING'), gt(d.importUntil, now)))
  return row?.importTokenSealed ?? null
}

export async function findNameOf(db: Database, personId: string): Promise<string | null> {
  const [row] = await db.select({ name: people.name }).from(people).where(eq(people.id, personId))
  return row?.name ?? null
}

/** Binds the disposition to its importer; null when it was not free for this person. */
export async function bindImporter(
  tx: Transaction,
  input: { importTokenHash: Buffer; personId: string; number: number; now: Date; decideUntil: Date },
) {
  const [row] = await tx
    .update(d)
    .set({
      status: 'IMPORTED',
      importedBy: input.personId,
      importedAt: input.now,
      decideUntil: input.decideUntil,
      number: sql`case when ${d.numberWanted} then ${input.number}::smallint end`,
      importTokenSealed: null,
    })
    .where(
      and(
        eq(d.importTokenHash, input.importTokenHash),
        mayStill('import', input.now),
        // What a person starts for themselves, only that person imports.
        or(isNull(d.initiatorId), eq(d.initiatorId, input.personId)),
      ),
    )
    .returning({ id: d.id, subjectId: d.subjectId, applicationId: d.applicationId, environment: d.environment })
  return row ?? null
}

export async function countRefusedImport(tx: Transaction, id: string, personId: string): Promise<void> {
  await tx
    .update(d)
    .set({ refusedImports: sql`${d.refusedImports} + 1` })
    .where(and(eq(d.id, id), or(ne(d.importedBy, personId), and(isNull(d.importedBy), ne(d.initiatorId, personId)))))
}

/** Fixes what will be signed. A later call replaces it, and a signature over the earlier one is worth nothing. */
export async function fixPayload(
  tx: Transaction,
  input: { id: string; personId: string; now: Date; payload: string; renderedText: string; nonce: Buffer },
): Promise<boolean> {
  const rows = await tx
    .update(d)
    .set({ payload: input.payload, renderedText: input.renderedText, nonce: input.nonce })
    .where(and(eq(d.id, input.id), eq(d.importedBy, input.personId), mayStill('accept', input.now)))
    .returning({ id: d.id })
  return rows.length === 1
}

/**
 * One try at the number, right or wrong, in one statement: the row's lock orders tries that meet, and each sees the count
 * that the one before it left. The third wrong one refuses the disposition.
 */
export async function tryNumber(tx: Transaction, input: { id: string; personId: string; number: number; now: Date }) {
  const right = sql`${d.number} = ${input.number}::smallint`
  const last = sql`not (${right}) and ${d.wrongNumbers} + 1 >= ${NUMBER_TRIES}`
  const now = sql.param(input.now, d.endedAt)
  const [row] = await tx
    .update(d)
    .set({
      numberMatchedAt: sql`case when ${right} then ${now}::timestamptz end`,
      wrongNumbers: sql`${d.wrongNumbers} + case when ${right} then 0 else 1 end`,
      status: sql`case when ${last} then 'REFUSED' else ${d.status} end`,
      endedAt: sql`case when ${last} then ${now}::timestamptz end`,
      endReason: sql`case when ${last} then 'wrong-numbers' end`,
    })
    .where(
      and(
        eq(d.id, input.id),
        eq(d.importedBy, input.personId),
        mayStill('refuse', input.now),
        d.numberWanted,
        isNull(d.numberMatchedAt),
      ),
    )
    .returning({ matchedAt: d.numberMatchedAt, wrongNumbers: d.wrongNumbers, status: d.status })
  return row ?? null
}

/** Wins the acceptance, or tells that somebody or something else was first. */
export async function settleAccepted(
  tx: Transaction,
  input: {
    id: string
    personId: string
    nonce: Buffer
    now: Date
    resultTokenHash: Buffer | null
    resultTokenSealed: Buffer | null
    resultUntil: Date | null
  },
): Promise<boolean> {
  const rows = await tx
    .update(d)
    .set({
      status: 'GRANTED',
      endedAt: input.now,
      endReason: 'accepted',
      resultTokenHash: input.resultTokenHash,
      resultTokenSealed: input.resultTokenSealed,
      resultUntil: input.resultUntil,
    })
    .where(
      and(
        eq(d.id, input.id),
        eq(d.importedBy, input.personId),
        mayStill('accept', input.now),
        eq(d.nonce, input.nonce),
        or(eq(d.numberWanted, false), isNotNull(d.numberMatchedAt)),
      ),
    )
    .returning({ id: d.id })
  return rows.length === 1
}

export async function insertEvidence(tx: Transaction, row: typeof dispositionEvidence.$inferInsert): Promise<void> {
  await tx.insert(dispositionEvidence).values(row)
}

export async function settleRefused(
  tx: Transaction,
  input: { id: string; personId: string; now: Date; reason: EndReason },
): Promise<boolean> {
  const rows = await tx
    .update(d)
    .set({ status: 'REFUSED', endedAt: input.now, endReason: input.reason })
    .where(and(eq(d.id, input.id), eq(d.importedBy, input.personId), mayStill('refuse', input.now)))
    .returning({ id: d.id })
  return rows.length === 1
}

/** Refuses whatever the person has open from that application. */
export async function refuseAllOf(tx: Transaction, input: { personId: string; applicationId: string; now: Date }) {
  return tx
    .update(d)
    .set({ status: 'REFUSED', endedAt: input.now, endReason: 'phishing' })
    .where(
      and(eq(d.importedBy, input.personId), eq(d.applicationId, input.applicationId), mayStill('refuse', input.now)),
    )
    .returning({ id: d.id, subjectId: d.subjectId, environment: d.environment })
}

export async function settleCancelled(tx: Transaction, input: { id: string; now: Date }): Promise<boolean> {
  const rows = await tx
    .update(d)
    .set({ status: 'CANCELLED', endedAt: input.now, endReason: 'cancelled', importTokenSealed: null })
    .where(and(eq(d.id, input.id), mayStill('cancel', input.now)))
    .returning({ id: d.id })
  return rows.length === 1
}

export async function settleCancelledOf(tx: Transaction, input: { applicationId: string; now: Date }) {
  return tx
    .update(d)
    .set({ status: 'CANCELLED', endedAt: input.now, endReason: 'cancelled', importTokenSealed: null })
    .where(and(eq(d.applicationId, input.applicationId), mayStill('cancel', input.now)))
    .returning({ id: d.id, subjectId: d.subjectId, environment: d.environment })
}

/** Writes EXPIRED on a bounded number of rows that have run out; replicas that sweep together take different rows. */
export async function settleExpired(tx: Transaction, now: Date, limit: number) {
  const due = tx
    .select({ id: d.id })
    .from(d)
    .where(
      or(and(eq(d.status, 'WAITING'), lte(d.importUntil, now)), and(eq(d.status, 'IMPORTED'), lte(d.decideUntil, now))),
    )
    .limit(limit)
    .for('update', { skipLocked: true })
  return tx
    .update(d)
    .set({ status: 'EXPIRED', endedAt: now, endReason: 'expired', importTokenSealed: null })
    .where(inArray(d.id, due))
    .returning({ id: d.id, subjectId: d.subjectId, applicationId: d.applicationId, environment: d.environment })
}

/** Result tokens that nobody came back with. */
export async function eraseStaleResults(tx: Transaction, now: Date): Promise<void> {
  await tx
    .update(d)
    .set({ resultTokenSealed: null })
    .where(and(isNotNull(d.resultTokenSealed), lte(d.resultUntil, now)))
}

/** Takes the one-time result token; false when it is not the right one, has been presented before, or is too old. */
export async function takeResult(tx: Transaction, id: string, tokenHash: Buffer, now: Date): Promise<boolean> {
  const rows = await tx
    .update(d)
    .set({ resultPresentedAt: now, resultTokenSealed: null })
    .where(and(eq(d.id, id), eq(d.resultTokenHash, tokenHash), isNull(d.resultPresentedAt), gt(d.resultUntil, now)))
    .returning({ id: d.id })
  return rows.length === 1
}

type AccountWish = { environment: string; accountType: string | null; accountId: string | null }

/** Open accounts of the Customers that the person owns, narrowed to what the offer asks for. */
export async function listAccountChoices(db: Database, personId: string, wish: AccountWish): Promise<AccountChoice[]> {
  const rows = await db
    .select({
      id: accounts.id,
      name: accounts.name,
      iban: accounts.iban,
      currency: accounts.currency,
      customerName: customers.name,
    })
    .from(accounts)
    .innerJoin(customers, eq(customers.id, accounts.customerId))
    .innerJoin(
      memberships,
      and(
        eq(memberships.customerId, accounts.customerId),
        eq(memberships.personId, personId),
        eq(memberships.role, 'owner'),
        isNull(memberships.endedAt),
      ),
    )
    .where(
      and(
        eq(accounts.environment, wish.environment),
        isNull(accounts.closedAt),
        wish.accountType === null ? undefined : eq(customers.kind, wish.accountType),
        wish.accountId === null ? undefined : eq(accounts.id, wish.accountId),
      ),
    )
    .orderBy(asc(customers.name), asc(accounts.name), asc(accounts.id))
  return rows.map(({ iban, ...row }) => ({ ...row, ibanMasked: maskIban(iban) }))
}

export async function findAskingApplication(
  db: Database,
  applicationId: string,
): Promise<(AskingApplication & { isSuspended: boolean }) | null> {
  const [row] = await db
    .select({
      id: applications.id,
      name: applications.name,
      hasLogo: sql<boolean>`${applications.logo} is not null`,
      ownerName: customers.name,
      verifiedAt: customers.nameVerifiedAt,
      suspendedAt: applications.suspendedAt,
    })
    .from(applications)
    .innerJoin(customers, eq(customers.id, applications.customerId))
    .where(eq(applications.id, applicationId))
  if (!row) return null
  const ownerVerified = row.verifiedAt !== null
  return {
    id: row.id,
    name: row.name,
    hasLogo: row.hasLogo,
    ownerName: ownerVerified ? row.ownerName : null,
    ownerVerified,
    isSuspended: row.suspendedAt !== null,
  }
}

export async function listOperatorAddresses(db: Database): Promise<string[]> {
  const rows = await db
    .select({ email: people.email })
    .from(people)
    .where(and(isNotNull(people.operatorSince), isNull(people.disabledAt), isNotNull(people.emailConfirmedAt)))
    .orderBy(asc(people.id))
  return rows.map((row) => row.email)
}
