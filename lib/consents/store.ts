import { and, eq, gt, inArray, isNull, lte, or, type SQL, sql } from 'drizzle-orm'
import type { Database, Transaction } from '@/db/client'
import { applicationEnvironments, applications } from '@/db/schema/applications'
import { consents } from '@/db/schema/consents'
import { customers, memberships } from '@/db/schema/customers'
import { people } from '@/db/schema/people'
import type { RevokedReason } from './schema'

const c = consents

// Ids come from addresses: what cannot be one is not asked for, a NUL least of all.
const ID = /^\w{1,64}$/

type Parties = { personId: string; customerId: string; applicationId: string; environment: string }

function between(parties: Parties): SQL | undefined {
  return and(
    eq(c.personId, parties.personId),
    eq(c.customerId, parties.customerId),
    eq(c.applicationId, parties.applicationId),
    eq(c.environment, parties.environment),
    isNull(c.revokedAt),
  )
}

/**
 * The person's role for the Customer, held until the transaction ends: whoever gives or renews a consent for that pair at
 * the same moment waits, and so does the end of the membership. Null for who does not belong to it.
 */
export async function holdMembership(
  tx: Transaction,
  personId: string,
  customerId: string,
): Promise<'owner' | 'viewer' | null> {
  if (!ID.test(customerId)) return null
  const [row] = await tx
    .select({ role: memberships.role })
    .from(memberships)
    .where(and(eq(memberships.personId, personId), eq(memberships.customerId, customerId), isNull(memberships.endedAt)))
    .for('no key update')
  return (row?.role as 'owner' | 'viewer' | undefined) ?? null
}

export async function findLive(tx: Transaction, parties: Parties) {
  const [row] = await tx
    .select({ id: c.id, scopes: c.scopes, authTime: c.authTime, expiresAt: c.expiresAt })
    .from(c)
    .where(between(parties))
  return row ?? null
}

export type NewConsent = Parties & {
  id: string
  scopes: string[]
  authorizationDetails: Record<string, unknown>[] | null
  authTime: Date
  amr: string[]
  expiresAt: Date
  now: Date
}

/**
 * Makes the one live consent of these parties, or adds to it, in one statement: the unique index decides between two at
 * once. Null when the application is not in that environment, or suspended.
 */
export async function insertOrRenew(tx: Transaction, given: NewConsent) {
  const now = sql.param(given.now, c.grantedAt)
  const [row] = await tx.execute<{ id: string; scopes: string[] }>(sql`
    insert into consents as c (id, person_id, customer_id, application_id, environment, scopes, authorization_details,
      auth_time, amr, granted_at, expires_at)
    select ${given.id}, ${given.personId}, ${given.customerId}, e.application_id, e.environment,
      ${sql.param(given.scopes, c.scopes)}::text[],
      ${given.authorizationDetails === null ? null : sql.param(given.authorizationDetails, c.authorizationDetails)}::jsonb,
      ${sql.param(given.authTime, c.authTime)}::timestamptz, ${sql.param(given.amr, c.amr)}::jsonb, ${now}::timestamptz,
      ${sql.param(given.expiresAt, c.expiresAt)}::timestamptz
    from ${applicationEnvironments} e join ${applications} a on a.id = e.application_id and a.suspended_at is null
    where e.application_id = ${given.applicationId} and e.environment = ${given.environment}
    on conflict (person_id, customer_id, application_id, environment) where revoked_at is null do update set
      scopes = array(select distinct s from unnest(c.scopes || excluded.scopes) s order by s),
      authorization_details = coalesce(excluded.authorization_details, c.authorization_details),
      auth_time = excluded.auth_time, amr = excluded.amr, renewed_at = ${now}::timestamptz,
      expires_at = greatest(c.expires_at, excluded.expires_at)
    returning c.id, c.scopes`)
  return row ?? null
}

/** False when it has ended already: of two at once one does it. */
export async function endConsent(
  tx: Transaction,
  end: { id: string; now: Date; by: string | null; reason: RevokedReason },
): Promise<boolean> {
  const rows = await tx
    .update(c)
    .set({ revokedAt: end.now, revokedBy: end.by, revokedReason: end.reason })
    .where(and(eq(c.id, end.id), isNull(c.revokedAt)))
    .returning({ id: c.id })
  return rows.length === 1
}

/** What people are told of a consent. */
export async function findNoticeFacts(db: Database, id: string) {
  const [row] = await db
    .select({
      personId: c.personId,
      customerId: c.customerId,
      environment: c.environment,
      scopes: c.scopes,
      expiresAt: c.expiresAt,
      applicationName: applications.name,
      customerName: customers.name,
    })
    .from(c)
    .innerJoin(applications, eq(applications.id, c.applicationId))
    .innerJoin(customers, eq(customers.id, c.customerId))
    .where(eq(c.id, id))
  return row ?? null
}

/** Whoever gave it, and the owners of its Customer at this moment; each who can still sign in, once. */
export async function listConcerned(db: Database, consent: { personId: string; customerId: string }) {
  return db
    .selectDistinct({ id: people.id, email: people.email, name: people.name, locale: people.locale })
    .from(people)
    .leftJoin(
      memberships,
      and(
        eq(memberships.personId, people.id),
        eq(memberships.customerId, consent.customerId),
        eq(memberships.role, 'owner'),
        isNull(memberships.endedAt),
      ),
    )
    .where(
      and(
        isNull(people.disabledAt),
        or(eq(people.id, consent.personId), eq(memberships.customerId, consent.customerId)),
      ),
    )
    .orderBy(people.id)
}

export async function findNameOf(db: Database, personId: string): Promise<string | null> {
  const [row] = await db.select({ name: people.name }).from(people).where(eq(people.id, personId))
  return row?.name ?? null
}

/** For whoever may revoke or renew, with their role; with `personId` null an operator. */
export async function findEndable(db: Database, id: string, personId: string | null) {
  if (!ID.test(id)) return null
  const columns = {
    id: c.id,
    giverId: c.personId,
    customerId: c.customerId,
    applicationId: c.applicationId,
    environment: c.environment,
  }
  if (personId === null) {
    const [row] = await db
      .select({ ...columns, role: sql<string>`'operator'` })
      .from(c)
      .where(eq(c.id, id))
    return row ?? null
  }
  const [row] = await db
    .select({ ...columns, role: memberships.role })
    .from(c)
    .innerJoin(
      memberships,
      and(eq(memberships.customerId, c.customerId), eq(memberships.personId, personId), isNull(memberships.endedAt)),
    )
    .where(eq(c.id, id))
  return row ?? null
}

/** Begins its 180 days anew; null when it has ended, run out, or its application is suspended. */
export async function renew(
  tx: Transaction,
  input: { id: string; personId: string; now: Date; authTime: Date; amr: string[]; expiresAt: Date },
) {
  const [row] = await tx
    .update(c)
    .set({ authTime: input.authTime, amr: input.amr, renewedAt: input.now, expiresAt: input.expiresAt })
    .from(applications)
    .where(
      and(
        eq(c.id, input.id),
        eq(c.personId, input.personId),
        isNull(c.revokedAt),
        gt(c.expiresAt, input.now),
        eq(applications.id, c.applicationId),
        isNull(applications.suspendedAt),
      ),
    )
    .returning({ id: c.id })
  return row ?? null
}

/** What the person gave for the Customer and has not ended, run out or not. */
export async function listUnended(tx: Transaction, personId: string, customerId: string) {
  return tx
    .select({ id: c.id, customerId: c.customerId, applicationId: c.applicationId, environment: c.environment })
    .from(c)
    .where(and(eq(c.personId, personId), eq(c.customerId, customerId), isNull(c.revokedAt)))
    .orderBy(c.id)
}

/** Live consents that end until then, of people who could renew them. */
export async function listEnding(db: Database, now: Date, until: Date) {
  return db
    .select({
      id: c.id,
      environment: c.environment,
      scopes: c.scopes,
      expiresAt: c.expiresAt,
      applicationName: applications.name,
      customerName: customers.name,
      email: people.email,
      name: people.name,
      locale: people.locale,
      personId: people.id,
    })
    .from(c)
    .innerJoin(applications, and(eq(applications.id, c.applicationId), isNull(applications.suspendedAt)))
    .innerJoin(customers, eq(customers.id, c.customerId))
    .innerJoin(people, and(eq(people.id, c.personId), isNull(people.disabledAt)))
    .innerJoin(
      memberships,
      and(
        eq(memberships.customerId, c.customerId),
        eq(memberships.personId, c.personId),
        eq(memberships.role, 'owner'),
        isNull(memberships.endedAt),
      ),
    )
    .where(and(isNull(c.revokedAt), gt(c.expiresAt, now), lte(c.expiresAt, until)))
    .orderBy(c.expiresAt, c.id)
}

export async function listLive(db: Database, wanted: { ids: readonly string[]; personId: string; now: Date }) {
  return db
    .select({ id: c.id, customerId: c.customerId, authTime: c.authTime, amr: c.amr })
    .from(c)
    .where(
      and(
        inArray(c.id, [...wanted.ids]),
        eq(c.personId, wanted.personId),
        isNull(c.revokedAt),
        gt(c.expiresAt, wanted.now),
      ),
    )
}
