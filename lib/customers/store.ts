import { and, asc, eq, exists, isNull, ne, or, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Database, Transaction } from '@/db/client'
import { accounts, customers, memberships } from '@/db/schema/customers'
import { people, sessions } from '@/db/schema/people'
import type { Account, CustomerKind, CustomerOfPerson, Role } from './schema'

const ACCOUNT = {
  id: accounts.id,
  customerId: accounts.customerId,
  environment: accounts.environment,
  iban: accounts.iban,
  currency: accounts.currency,
  name: accounts.name,
}

export async function insertCustomer(tx: Transaction, row: typeof customers.$inferInsert): Promise<void> {
  await tx.insert(customers).values(row)
}

export async function insertMembership(tx: Transaction, row: typeof memberships.$inferInsert): Promise<void> {
  await tx.insert(memberships).values(row)
}

export async function insertAccount(tx: Transaction, row: typeof accounts.$inferInsert): Promise<void> {
  await tx.insert(accounts).values(row)
}

export async function listOfPerson(db: Database, personId: string): Promise<CustomerOfPerson[]> {
  const rows = await db
    .select({
      id: customers.id,
      name: customers.name,
      kind: customers.kind,
      role: memberships.role,
      nameVerifiedAt: customers.nameVerifiedAt,
    })
    .from(memberships)
    .innerJoin(customers, eq(customers.id, memberships.customerId))
    .where(and(eq(memberships.personId, personId), isNull(memberships.endedAt)))
    .orderBy(asc(customers.name), asc(customers.id))
  return rows.map(({ nameVerifiedAt, ...row }) => ({
    ...row,
    kind: row.kind as CustomerKind,
    role: row.role as Role,
    nameVerified: nameVerifiedAt !== null,
  }))
}

/** Points a live session at a Customer, if and only if its person belongs to it. */
export async function chooseCustomer(
  tx: Transaction,
  sessionId: string,
  personId: string,
  customerId: string,
): Promise<boolean> {
  const rows = await tx
    .update(sessions)
    .set({ customerId })
    .where(
      and(
        eq(sessions.id, sessionId),
        eq(sessions.personId, personId),
        isNull(sessions.revokedAt),
        exists(
          tx
            .select({ one: sql`1` })
            .from(memberships)
            .where(
              and(
                eq(memberships.personId, personId),
                eq(memberships.customerId, customerId),
                isNull(memberships.endedAt),
              ),
            ),
        ),
      ),
    )
    .returning({ id: sessions.id })
  return rows.length === 1
}

export async function listAccountsOf(db: Database, customerId: string): Promise<Account[]> {
  const rows = await db
    .select(ACCOUNT)
    .from(accounts)
    .where(and(eq(accounts.customerId, customerId), isNull(accounts.closedAt)))
    .orderBy(asc(accounts.createdAt), asc(accounts.id))
  return rows as Account[]
}

export async function listOwnedBy(
  db: Database,
  personId: string,
  environment: string,
): Promise<(Account & { customerName: string })[]> {
  const rows = await db
    .select({ ...ACCOUNT, customerName: customers.name })
    .from(accounts)
    .innerJoin(customers, eq(customers.id, accounts.customerId))
    .innerJoin(memberships, eq(memberships.customerId, accounts.customerId))
    .where(
      and(
        eq(memberships.personId, personId),
        eq(memberships.role, 'owner'),
        isNull(memberships.endedAt),
        eq(accounts.environment, environment),
        isNull(accounts.closedAt),
      ),
    )
    .orderBy(asc(customers.name), asc(accounts.createdAt), asc(accounts.id))
  return rows as (Account & { customerName: string })[]
}

/** `customerId` null: any Customer's, for operators. */
export async function findByIban(
  db: Database,
  customerId: string | null,
  iban: string,
  environment: string,
): Promise<Account | null> {
  const [row] = await db
    .select(ACCOUNT)
    .from(accounts)
    .where(
      and(
        eq(accounts.iban, iban),
        eq(accounts.environment, environment),
        isNull(accounts.closedAt),
        customerId === null ? undefined : eq(accounts.customerId, customerId),
      ),
    )
  return (row as Account | undefined) ?? null
}

/** Businesses of which the person with this address is an owner. */
export async function listOwnedBusinesses(db: Database, email: string): Promise<{ id: string; name: string }[]> {
  return db.execute<{ id: string; name: string }>(sql`
    select c.id, c.name from customers c
    join memberships m on m.customer_id = c.id and m.role = 'owner' and m.ended_at is null
    join people p on p.id = m.person_id
    where lower(p.email) = lower(${email}) and c.kind = 'business'
    order by c.created_at, c.id`)
}

export type RecordedAccount = {
  customerId: string
  customerKind: string
  customerName: string
  currency: string
  closedAt: Date | null
}

/** For operators: whoever's it is, closed ones too. */
export async function findRecordedAccount(
  db: Database,
  iban: string,
  environment: string,
): Promise<RecordedAccount | null> {
  const [row] = await db
    .select({
      customerId: accounts.customerId,
      customerKind: customers.kind,
      customerName: customers.name,
      currency: accounts.currency,
      closedAt: accounts.closedAt,
    })
    .from(accounts)
    .innerJoin(customers, eq(customers.id, accounts.customerId))
    .where(and(eq(accounts.iban, iban), eq(accounts.environment, environment)))
  return row ?? null
}

/** The Customer of this kind and name that the person owns; of several the oldest. */
export async function findOwnedCustomer(
  db: Database,
  personId: string,
  customer: { customer_kind: string; customer_name: string },
): Promise<string | null> {
  const [row] = await db
    .select({ id: customers.id })
    .from(customers)
    .innerJoin(memberships, eq(memberships.customerId, customers.id))
    .where(
      and(
        eq(memberships.personId, personId),
        eq(memberships.role, 'owner'),
        isNull(memberships.endedAt),
        eq(customers.kind, customer.customer_kind),
        eq(customers.name, customer.customer_name),
      ),
    )
    .orderBy(asc(customers.createdAt), asc(customers.id))
    .limit(1)
  return row?.id ?? null
}

/** What the person is to the Customer at present. */
export async function findRole(db: Database, personId: string, customerId: string): Promise<Role | null> {
  const [row] = await db
    .select({ role: memberships.role })
    .from(memberships)
    .where(and(eq(memberships.personId, personId), eq(memberships.customerId, customerId), isNull(memberships.endedAt)))
  return (row?.role as Role | undefined) ?? null
}

/** Everybody who belongs to a Customer at present, owners first; the caller has read it within its tenant. */
export async function listPeopleOf(db: Database, customerId: string) {
  return db
    .select({
      personId: people.id,
      name: people.name,
      email: people.email,
      locale: people.locale,
      role: memberships.role,
      since: memberships.createdAt,
    })
    .from(memberships)
    .innerJoin(people, eq(people.id, memberships.personId))
    .where(and(eq(memberships.customerId, customerId), isNull(memberships.endedAt)))
    .orderBy(asc(memberships.role), asc(people.name), asc(people.id))
}

export async function findCustomer(db: Database, customerId: string): Promise<{ id: string; name: string } | null> {
  const [row] = await db
    .select({ id: customers.id, name: customers.name })
    .from(customers)
    .where(eq(customers.id, customerId))
  return row ?? null
}

/** Ends the membership; null when it has ended already, or is that of the only owner. */
export async function endMembership(
  tx: Transaction,
  input: { personId: string; customerId: string; now: Date },
): Promise<Role | null> {
  const others = alias(memberships, 'others')
  const [row] = await tx
    .update(memberships)
    .set({ endedAt: input.now })
    .where(
      and(
        eq(memberships.personId, input.personId),
        eq(memberships.customerId, input.customerId),
        isNull(memberships.endedAt),
        or(
          ne(memberships.role, 'owner'),
          exists(
            tx
              .select({ one: sql`1` })
              .from(others)
              .where(
                and(
                  eq(others.customerId, input.customerId),
                  eq(others.role, 'owner'),
                  ne(others.personId, input.personId),
                  isNull(others.endedAt),
                ),
              ),
          ),
        ),
      ),
    )
    .returning({ role: memberships.role })
  return (row?.role as Role | undefined) ?? null
}

/** Until the transaction ends, so that what is counted of this person next is counted alone. */
export async function holdPerson(tx: Transaction, personId: string): Promise<void> {
  await tx.execute(sql`select 1 from people where id = ${personId} for no key update`)
}

export async function countCreatedBy(tx: Transaction, personId: string): Promise<number> {
  return tx.$count(customers, and(eq(customers.createdBy, personId), eq(customers.kind, 'business')))
}
