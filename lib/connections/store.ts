import { and, count, desc, eq, gt, isNotNull, isNull, lte, ne, type SQL, sql } from 'drizzle-orm'
import type { Database, Transaction } from '@/db/client'
import { applicationEnvironments, applications, callbacks } from '@/db/schema/applications'
import { connections } from '@/db/schema/connections'
import { usageMarks } from '@/db/schema/credentials'
import { accounts, customers, memberships } from '@/db/schema/customers'
import { dispositions } from '@/db/schema/dispositions'
import { people } from '@/db/schema/people'
import { maskIban } from '@/lib/core/iban'
import type { Environment } from '@/lib/core/secrets'
import { usesIn24Hours } from '@/lib/credentials/uses-in-24-hours'
import { statusAt } from '@/lib/dispositions/disposition'
import { connectionStatus } from './connection'
import { CONNECTIONS_PER_PAGE, type ListedConnection, type OwnedConnection, type Page } from './schema'

const c = connections

// Ids come from addresses: what cannot be one is not asked for, a NUL least of all.
const ID = /^\w{1,64}$/

const COLUMNS = {
  id: c.id,
  applicationId: c.applicationId,
  environment: c.environment,
  dispositionId: c.dispositionId,
  reference: c.reference,
  accountType: c.accountType,
  accountId: c.accountId,
  customerId: c.customerId,
  grantedAt: c.grantedAt,
  revokedAt: c.revokedAt,
  createdAt: c.createdAt,
}

export async function insertConnection(tx: Transaction, row: typeof connections.$inferInsert): Promise<void> {
  await tx.insert(c).values(row)
}

export async function findOfApplication(
  db: Database,
  owner: { applicationId: string; environment: string },
  id: string,
) {
  if (!ID.test(id)) return null
  const [row] = await db
    .select(COLUMNS)
    .from(c)
    .where(and(eq(c.id, id), eq(c.applicationId, owner.applicationId), eq(c.environment, owner.environment)))
  return row ?? null
}

/** The sealed Connection Code while it may be given out: its end is tested here, whether or not it has been erased yet. */
export async function findSealedCode(db: Database, id: string, now: Date): Promise<Buffer | null> {
  const [row] = await db
    .select({ codeSealed: c.codeSealed })
    .from(c)
    .where(and(eq(c.id, id), isNull(c.revokedAt), gt(c.codeSealedUntil, now)))
  return row?.codeSealed ?? null
}

/** The sealed code for the person who may see it once: of two pages that ask, one gets it. */
export async function takeSealedCode(tx: Transaction, dispositionId: string, now: Date) {
  const [row] = await tx
    .update(c)
    .set({ codeShownAt: now })
    .where(
      and(
        eq(c.dispositionId, dispositionId),
        isNull(c.codeShownAt),
        isNull(c.revokedAt),
        isNotNull(c.codeSealed),
        gt(c.codeSealedUntil, now),
      ),
    )
    .returning({ id: c.id, codeSealed: c.codeSealed, applicationId: c.applicationId, environment: c.environment })
  return row ?? null
}

export async function eraseCodes(db: Database, now: Date): Promise<number> {
  const rows = await db
    .update(c)
    .set({ codeSealed: null, codeSealedUntil: null })
    .where(and(isNotNull(c.codeSealed), lte(c.codeSealedUntil, now)))
    .returning({ id: c.id })
  return rows.length
}

export async function isCallbackHost(
  db: Database,
  owner: { applicationId: string; environment: string },
  host: string,
): Promise<boolean> {
  const [row] = await db
    .select({ id: callbacks.id })
    .from(callbacks)
    .where(
      and(
        eq(callbacks.applicationId, owner.applicationId),
        eq(callbacks.environment, owner.environment),
        eq(callbacks.host, host),
        isNull(callbacks.removedAt),
      ),
    )
    .limit(1)
  return row !== undefined
}

export type Code = { codeHash: Buffer; codeHint: string; codeSealed: Buffer; codeSealedUntil: Date }

/**
 * Grants, provided that at this moment the account is open and in the application's environment, the person is an owner of
 * its Customer, and the application is not suspended. Returns the Customer; null when it may not be.
 */
export async function grant(
  tx: Transaction,
  input: { id: string; accountId: string; personId: string; now: Date; authTime: Date; amr: string[]; code: Code },
): Promise<string | null> {
  const rows = await tx
    .update(c)
    .set({
      accountId: sql`${accounts.id}`,
      customerId: sql`${accounts.customerId}`,
      grantedBy: input.personId,
      grantedAt: input.now,
      authTime: input.authTime,
      amr: input.amr,
      ...input.code,
    })
    .from(accounts)
    .innerJoin(memberships, eq(memberships.customerId, accounts.customerId))
    .innerJoin(applications, isNull(applications.suspendedAt))
    // Family A is closed to profile fapi2: a code that nothing accepts is not granted.
    .innerJoin(applicationEnvironments, ne(applicationEnvironments.profile, 'fapi2'))
    .where(
      and(
        eq(c.id, input.id),
        isNull(c.grantedAt),
        isNull(c.revokedAt),
        eq(accounts.id, input.accountId),
        eq(accounts.environment, c.environment),
        isNull(accounts.closedAt),
        eq(memberships.personId, input.personId),
        eq(memberships.role, 'owner'),
        isNull(memberships.endedAt),
        eq(applications.id, c.applicationId),
        eq(applicationEnvironments.applicationId, c.applicationId),
        eq(applicationEnvironments.environment, c.environment),
      ),
    )
    .returning({ customerId: accounts.customerId })
  return rows[0]?.customerId ?? null
}

/**
 * A Connection that is granted as it is made, where account, application and profile still allow it: by the same conditions as
 * `grant`, in the same statement. Null where they do not; else the Customer of the account.
 */
export async function insertGranted(
  tx: Transaction,
  input: { id: string; applicationId: string; environment: string; accountId: string; now: Date } & Pick<
    Code,
    'codeHash' | 'codeHint'
  >,
): Promise<string | null> {
  const now = sql`${input.now.toISOString()}::timestamptz`
  const rows = await tx.execute<{ customer_id: string }>(sql`
    insert into connections (id, application_id, environment, account_id, customer_id, granted_at, code_hash, code_hint, created_at)
    select ${input.id}, e.application_id, e.environment, a.id, a.customer_id, ${now}, ${input.codeHash}::bytea, ${input.codeHint}, ${now}
    from accounts a
    join application_environments e on e.environment = a.environment and e.profile <> 'fapi2'
    join applications app on app.id = e.application_id and app.suspended_at is null
    where a.id = ${input.accountId} and a.closed_at is null
      and e.application_id = ${input.applicationId} and e.environment = ${input.environment}
    returning customer_id`)
  return rows[0]?.customer_id ?? null
}

/** Whose Connections a person may touch: those granted for Customers that they belong to at present. */
function membershipOf(personId: string): SQL | undefined {
  return and(eq(memberships.customerId, c.customerId), eq(memberships.personId, personId), isNull(memberships.endedAt))
}

/** For whoever may revoke: an owner of the Customer, or with `personId` null an operator. */
export async function findRevocable(db: Database, id: string, personId: string | null) {
  if (!ID.test(id)) return null
  const columns = { id: c.id, applicationId: c.applicationId, environment: c.environment, customerId: c.customerId }
  const granted = and(eq(c.id, id), isNotNull(c.grantedAt))
  if (personId === null) {
    const [row] = await db
      .select({ ...columns, role: sql<string>`'operator'` })
      .from(c)
      .where(granted)
    return row ?? null
  }
  const [row] = await db
    .select({ ...columns, role: memberships.role })
    .from(c)
    .innerJoin(memberships, membershipOf(personId))
    .where(granted)
  return row ?? null
}

/** False when it was revoked already: of two at once one does it. */
export async function revoke(tx: Transaction, id: string, now: Date, by: string | null): Promise<boolean> {
  const rows = await tx
    .update(c)
    .set({ revokedAt: now, revokedBy: by, codeSealed: null, codeSealedUntil: null })
    .where(and(eq(c.id, id), isNotNull(c.grantedAt), isNull(c.revokedAt)))
    .returning({ id: c.id })
  return rows.length === 1
}

/** What the owners of the account are told when a Connection is granted or revoked; null before the grant. */
export async function findNoticeFacts(db: Database, id: string) {
  const [row] = await db
    .select({
      environment: c.environment,
      customerId: accounts.customerId,
      customerName: customers.name,
      accountName: accounts.name,
      iban: accounts.iban,
      applicationName: applications.name,
    })
    .from(c)
    .innerJoin(applications, eq(applications.id, c.applicationId))
    .innerJoin(accounts, eq(accounts.id, c.accountId))
    .innerJoin(customers, eq(customers.id, accounts.customerId))
    .where(eq(c.id, id))
  return row ?? null
}

/** Owners of a Customer at this moment who can still sign in. */
export async function listOwnersOf(db: Database, customerId: string) {
  return db
    .select({ id: people.id, email: people.email, name: people.name, locale: people.locale })
    .from(memberships)
    .innerJoin(people, eq(people.id, memberships.personId))
    .where(
      and(
        eq(memberships.customerId, customerId),
        eq(memberships.role, 'owner'),
        isNull(memberships.endedAt),
        isNull(people.disabledAt),
      ),
    )
    .orderBy(people.id)
}

/** Owners of every Customer that has granted the application a Connection which lives, each once. */
export async function listOwnersConnected(
  db: Database,
  { applicationId, after, limit }: { applicationId: string; after: string | null; limit: number },
) {
  return db
    .selectDistinct({ id: people.id, email: people.email, name: people.name, locale: people.locale })
    .from(connections)
    .innerJoin(memberships, eq(memberships.customerId, connections.customerId))
    .innerJoin(people, eq(people.id, memberships.personId))
    .where(
      and(
        eq(connections.applicationId, applicationId),
        isNotNull(connections.grantedAt),
        isNull(connections.revokedAt),
        eq(memberships.role, 'owner'),
        isNull(memberships.endedAt),
        isNull(people.disabledAt),
        after === null ? undefined : gt(people.id, after),
      ),
    )
    .orderBy(people.id)
    .limit(limit)
}

export async function findNameOf(db: Database, personId: string): Promise<string | null> {
  const [row] = await db.select({ name: people.name }).from(people).where(eq(people.id, personId))
  return row?.name ?? null
}

const OWNED = {
  id: c.id,
  environment: c.environment,
  applicationId: applications.id,
  applicationName: applications.name,
  hasLogo: sql<boolean>`${applications.logo} is not null`,
  suspendedAt: applications.suspendedAt,
  applicationOwner: sql<
    string | null
  >`(select o.name from customers o where o.id = ${applications.customerId} and o.name_verified_at is not null)`,
  accountName: accounts.name,
  iban: accounts.iban,
  currency: accounts.currency,
  customerName: customers.name,
  grantedAt: c.grantedAt,
  grantedBy: c.grantedBy,
  revokedAt: c.revokedAt,
  lastUsedAt: usageMarks.lastUsedAt,
  role: memberships.role,
}

function ownedBy(db: Database, personId: string, wanted: SQL | undefined, now: Date) {
  return db
    .select({ ...OWNED, usesInDay: usesIn24Hours(now) })
    .from(c)
    .innerJoin(memberships, membershipOf(personId))
    .innerJoin(applications, eq(applications.id, c.applicationId))
    .innerJoin(accounts, eq(accounts.id, c.accountId))
    .innerJoin(customers, eq(customers.id, c.customerId))
    .leftJoin(usageMarks, eq(usageMarks.subjectId, c.id))
    .where(and(isNotNull(c.grantedAt), wanted))
}

type OwnedRow = Awaited<ReturnType<typeof ownedBy>>[number]

export async function listOwned(
  db: Database,
  personId: string,
  input: { revoked: boolean; page: number },
  now: Date,
): Promise<Page<OwnedConnection>> {
  const wanted = input.revoked ? isNotNull(c.revokedAt) : isNull(c.revokedAt)
  const [counted] = await db
    .select({ total: count() })
    .from(c)
    .innerJoin(memberships, membershipOf(personId))
    .where(and(isNotNull(c.grantedAt), wanted))
  const total = counted?.total ?? 0
  const place = placeOf(total, input.page)
  const rows = await ownedBy(db, personId, wanted, now)
    .orderBy(desc(c.grantedAt), desc(c.id))
    .limit(CONNECTIONS_PER_PAGE)
    .offset((place.page - 1) * CONNECTIONS_PER_PAGE)
  return { rows: rows.map((row) => toOwned(row, personId)), ...place, total }
}

export async function findOwned(
  db: Database,
  personId: string,
  id: string,
  now: Date,
): Promise<OwnedConnection | null> {
  if (!ID.test(id)) return null
  const [row] = await ownedBy(db, personId, eq(c.id, id), now)
  return row ? toOwned(row, personId) : null
}

function toOwned(row: OwnedRow, personId: string): OwnedConnection {
  return {
    id: row.id,
    status: row.revokedAt === null ? 'GRANTED' : 'REVOKED',
    environment: row.environment as Environment,
    application: {
      id: row.applicationId,
      name: row.applicationName,
      hasLogo: row.hasLogo,
      ownerName: row.applicationOwner,
      isSuspended: row.suspendedAt !== null,
    },
    account: { name: row.accountName, ibanMasked: maskIban(row.iban), currency: row.currency },
    customerName: row.customerName,
    grantedAt: row.grantedAt as Date,
    grantedByYou: row.grantedBy === personId,
    revokedAt: row.revokedAt,
    lastUsedAt: row.lastUsedAt,
    usesInDay: row.usesInDay,
    canRevoke: row.role === 'owner',
  }
}

/** Of one application that the caller has read within its tenant; newest first, also those that were never granted. */
export async function listOfApplication(
  db: Database,
  applicationId: string,
  input: { environment: Environment; page: number },
  now: Date,
): Promise<Page<ListedConnection>> {
  const of = and(eq(c.applicationId, applicationId), eq(c.environment, input.environment))
  const [counted] = await db.select({ total: count() }).from(c).where(of)
  const total = counted?.total ?? 0
  const place = placeOf(total, input.page)
  const rows = await db
    .select({
      ...COLUMNS,
      codeHint: c.codeHint,
      iban: accounts.iban,
      lastUsedAt: usageMarks.lastUsedAt,
      status: dispositions.status,
      importUntil: dispositions.importUntil,
      decideUntil: dispositions.decideUntil,
      initiatorId: dispositions.initiatorId,
    })
    .from(c)
    .leftJoin(dispositions, eq(dispositions.id, c.dispositionId))
    .leftJoin(accounts, eq(accounts.id, c.accountId))
    .leftJoin(usageMarks, eq(usageMarks.subjectId, c.id))
    .where(of)
    .orderBy(desc(c.createdAt), desc(c.id))
    .limit(CONNECTIONS_PER_PAGE)
    .offset((place.page - 1) * CONNECTIONS_PER_PAGE)
  return {
    rows: rows.map((row) => ({
      id: row.id,
      status: connectionStatus(row, row.status && row.importUntil ? statusAt(row as TimedRow, now) : null),
      environment: row.environment as Environment,
      reference: row.reference,
      accountMasked: row.iban === null ? null : maskIban(row.iban),
      isSelfConnection: row.initiatorId !== null,
      isByOperator: row.dispositionId === null,
      createdAt: row.createdAt,
      grantedAt: row.grantedAt,
      revokedAt: row.revokedAt,
      lastUsedAt: row.lastUsedAt,
      codeHint: row.codeHint,
    })),
    ...place,
    total,
  }
}

type TimedRow = { status: string; importUntil: Date; decideUntil: Date | null }

function placeOf(total: number, page: number): { page: number; pageCount: number } {
  const pageCount = Math.max(1, Math.ceil(total / CONNECTIONS_PER_PAGE))
  return { page: Math.min(Math.max(1, page), pageCount), pageCount }
}
