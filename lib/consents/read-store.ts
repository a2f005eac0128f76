import { and, count, desc, eq, gt, isNotNull, isNull, lte, or, type SQL, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { applications } from '@/db/schema/applications'
import { consents } from '@/db/schema/consents'
import { usageMarks } from '@/db/schema/credentials'
import { customers, memberships } from '@/db/schema/customers'
import { people } from '@/db/schema/people'
import type { Environment } from '@/lib/core/secrets'
import { usesIn24Hours } from '@/lib/credentials/uses-in-24-hours'
import { consentStatus } from './consent'
import {
  CONSENTS_PER_PAGE,
  type ConsentCounts,
  type ListedConsent,
  type OwnedConsent,
  type Page,
  type RevokedReason,
} from './schema'

const c = consents

// Ids come from addresses: what cannot be one is not asked for, a NUL least of all.
const ID = /^\w{1,64}$/

/** Whose consents a person sees: those given for Customers that they belong to at present, by whomever. */
function membershipOf(personId: string): SQL | undefined {
  return and(eq(memberships.customerId, c.customerId), eq(memberships.personId, personId), isNull(memberships.endedAt))
}

function isLive(now: Date): SQL | undefined {
  return and(isNull(c.revokedAt), gt(c.expiresAt, now))
}

function isOver(now: Date): SQL | undefined {
  return or(isNotNull(c.revokedAt), lte(c.expiresAt, now))
}

function seenBy(db: Database, personId: string, wanted: SQL | undefined, now: Date) {
  return db
    .select({
      id: c.id,
      environment: c.environment,
      applicationId: applications.id,
      applicationName: applications.name,
      hasLogo: sql<boolean>`${applications.logo} is not null`,
      suspendedAt: applications.suspendedAt,
      applicationOwner: sql<
        string | null
      >`(select o.name from customers o where o.id = ${applications.customerId} and o.name_verified_at is not null)`,
      customerName: customers.name,
      scopes: c.scopes,
      authorizationDetails: c.authorizationDetails,
      giverId: c.personId,
      giverName: people.name,
      grantedAt: c.grantedAt,
      renewedAt: c.renewedAt,
      expiresAt: c.expiresAt,
      revokedAt: c.revokedAt,
      revokedReason: c.revokedReason,
      lastUsedAt: usageMarks.lastUsedAt,
      role: memberships.role,
      usesInDay: usesIn24Hours(now),
    })
    .from(c)
    .innerJoin(memberships, membershipOf(personId))
    .innerJoin(applications, eq(applications.id, c.applicationId))
    .innerJoin(customers, eq(customers.id, c.customerId))
    .innerJoin(people, eq(people.id, c.personId))
    .leftJoin(usageMarks, eq(usageMarks.subjectId, c.id))
    .where(wanted)
}

export async function listSeenBy(
  db: Database,
  personId: string,
  input: { ended: boolean; page: number },
  now: Date,
): Promise<Page<OwnedConsent>> {
  const wanted = input.ended ? isOver(now) : isLive(now)
  const [counted] = await db
    .select({ total: count() })
    .from(c)
    .innerJoin(memberships, membershipOf(personId))
    .where(wanted)
  const total = counted?.total ?? 0
  const pageCount = Math.max(1, Math.ceil(total / CONSENTS_PER_PAGE))
  const page = Math.min(Math.max(1, input.page), pageCount)
  const rows = await seenBy(db, personId, wanted, now)
    .orderBy(desc(c.grantedAt), desc(c.id))
    .limit(CONSENTS_PER_PAGE)
    .offset((page - 1) * CONSENTS_PER_PAGE)
  return { rows: rows.map((row) => toOwned(row, personId, now)), page, pageCount, total }
}

export async function listCustomersOfGiver(
  db: Database,
  given: { personId: string; applicationId: string; environment: Environment },
  now: Date,
): Promise<string[]> {
  const rows = await db
    .select({ name: customers.name })
    .from(c)
    .innerJoin(memberships, membershipOf(given.personId))
    .innerJoin(customers, eq(customers.id, c.customerId))
    .where(
      and(
        eq(c.personId, given.personId),
        eq(c.applicationId, given.applicationId),
        eq(c.environment, given.environment),
        isLive(now),
      ),
    )
    .orderBy(desc(c.grantedAt), desc(c.id))
  return rows.map(({ name }) => name)
}

export async function findSeenBy(db: Database, personId: string, id: string, now: Date): Promise<OwnedConsent | null> {
  if (!ID.test(id)) return null
  const [row] = await seenBy(db, personId, eq(c.id, id), now)
  return row ? toOwned(row, personId, now) : null
}

type SeenRow = Awaited<ReturnType<typeof seenBy>>[number]

function toOwned(row: SeenRow, personId: string, now: Date): OwnedConsent {
  const status = consentStatus(row, now)
  const givenByYou = row.giverId === personId
  return {
    id: row.id,
    status,
    environment: row.environment as Environment,
    application: {
      id: row.applicationId,
      name: row.applicationName,
      hasLogo: row.hasLogo,
      ownerName: row.applicationOwner,
      isSuspended: row.suspendedAt !== null,
    },
    customerName: row.customerName,
    scopes: row.scopes,
    authorizationDetails: row.authorizationDetails,
    giverName: row.giverName,
    givenByYou,
    grantedAt: row.grantedAt,
    renewedAt: row.renewedAt,
    expiresAt: row.expiresAt,
    revokedAt: row.revokedAt,
    revokedReason: row.revokedReason as RevokedReason | null,
    lastUsedAt: row.lastUsedAt,
    usesInDay: row.usesInDay,
    canRevoke: row.role === 'owner' || givenByYou,
    canRenew: status === 'GRANTED' && givenByYou && row.role === 'owner' && row.suspendedAt === null,
  }
}

export async function countSeenBy(
  db: Database,
  personId: string,
  customerId: string | null,
  now: Date,
): Promise<number> {
  if (customerId === null) return 0
  const [row] = await db
    .select({ total: count() })
    .from(c)
    .innerJoin(memberships, membershipOf(personId))
    .where(and(eq(c.customerId, customerId), isLive(now)))
  return row?.total ?? 0
}

/** Of one application that the caller has read within its tenant. */
export async function countOfApplication(
  db: Database,
  place: { applicationId: string; environment: Environment },
  now: Date,
  soon: Date,
): Promise<ConsentCounts> {
  const where = (condition: SQL | undefined) => sql<number>`(count(*) filter (where ${condition}))::int`
  const [row] = await db
    .select({
      granted: where(isLive(now)),
      endingSoon: where(and(isLive(now), lte(c.expiresAt, soon))),
      expired: where(and(isNull(c.revokedAt), lte(c.expiresAt, now))),
      revoked: where(isNotNull(c.revokedAt)),
    })
    .from(c)
    .where(and(eq(c.applicationId, place.applicationId), eq(c.environment, place.environment)))
  return row ?? { granted: 0, endingSoon: 0, expired: 0, revoked: 0 }
}

/** For operators, newest first. */
export async function listOfApplication(
  db: Database,
  place: { applicationId: string; environment: Environment },
  now: Date,
  limit: number,
): Promise<ListedConsent[]> {
  const rows = await db
    .select({
      id: c.id,
      environment: c.environment,
      personId: c.personId,
      customerId: c.customerId,
      scopes: c.scopes,
      grantedAt: c.grantedAt,
      expiresAt: c.expiresAt,
      revokedAt: c.revokedAt,
    })
    .from(c)
    .where(and(eq(c.applicationId, place.applicationId), eq(c.environment, place.environment)))
    .orderBy(desc(c.grantedAt), desc(c.id))
    .limit(limit)
  return rows.map((row) => ({ ...row, environment: row.environment as Environment, status: consentStatus(row, now) }))
}
