import { and, eq, gt, isNull } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { customers, memberships } from '@/db/schema/customers'
import { people, sessions } from '@/db/schema/people'
import { isOpaqueToken, sha256 } from '@/lib/core/secrets'
import { addMs, MINUTE } from '@/lib/core/time'

/** The longest pause that any area allows (security.md, Identity and SCA); shorter ones are the areas' own. */
export const LONGEST_IDLE_MS = 30 * MINUTE

export type CustomerOfPerson = { id: string; name: string; kind: 'personal' | 'business'; role: 'owner' | 'viewer' }

export type FoundSession = {
  id: string
  person: { id: string; name: string; email: string; locale: 'en' | 'it'; isOperator: boolean; createdAt: Date }
  customers: CustomerOfPerson[]
  /** Chosen, or the only or first one while nothing is chosen. */
  customer: CustomerOfPerson | null
  authTime: Date
  amr: string[]
  steppedUpAt: Date | null
  steppedUpAmr: string[] | null
  provedBy: string
  lastActiveAt: Date
  pausedAt: Date | null
}

/**
 * The live session of a cookie: not revoked, not expired, not idle for too long, its person not disabled. Read on every
 * request, so that a revocation counts at once on every replica.
 */
export async function findSession(db: Database, token: string, now: Date): Promise<FoundSession | null> {
  if (!isOpaqueToken(token)) return null
  const [row] = await db
    .select({
      id: sessions.id,
      customerId: sessions.customerId,
      authTime: sessions.authTime,
      amr: sessions.amr,
      steppedUpAt: sessions.steppedUpAt,
      steppedUpAmr: sessions.steppedUpAmr,
      provedBy: sessions.provedBy,
      lastActiveAt: sessions.lastActiveAt,
      pausedAt: sessions.pausedAt,
      personId: people.id,
      name: people.name,
      email: people.email,
      locale: people.locale,
      operatorSince: people.operatorSince,
      createdAt: people.createdAt,
    })
    .from(sessions)
    .innerJoin(people, eq(people.id, sessions.personId))
    .where(
      and(
        eq(sessions.tokenHash, sha256(token)),
        isNull(sessions.revokedAt),
        gt(sessions.expiresAt, now),
        gt(sessions.lastActiveAt, addMs(now, -LONGEST_IDLE_MS)),
        isNull(people.disabledAt),
      ),
    )
  if (!row) return null
  const own = await listCustomersOf(db, row.personId)
  return {
    id: row.id,
    person: {
      id: row.personId,
      name: row.name,
      email: row.email,
      locale: row.locale === 'it' ? 'it' : 'en',
      isOperator: row.operatorSince !== null,
      createdAt: row.createdAt,
    },
    customers: own,
    customer: own.find((customer) => customer.id === row.customerId) ?? own[0] ?? null,
    authTime: row.authTime,
    amr: row.amr,
    steppedUpAt: row.steppedUpAt,
    steppedUpAmr: row.steppedUpAmr,
    provedBy: row.provedBy,
    lastActiveAt: row.lastActiveAt,
    pausedAt: row.pausedAt,
  }
}

async function listCustomersOf(db: Database, personId: string): Promise<CustomerOfPerson[]> {
  const rows = await db
    .select({ id: customers.id, name: customers.name, kind: customers.kind, role: memberships.role })
    .from(memberships)
    .innerJoin(customers, eq(customers.id, memberships.customerId))
    .where(and(eq(memberships.personId, personId), isNull(memberships.endedAt)))
    .orderBy(memberships.createdAt, customers.id)
  return rows as CustomerOfPerson[]
}
