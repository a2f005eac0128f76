import { cookies } from 'next/headers'
import { cache } from 'react'
import { database } from '@/db/client'
import { provedAt } from '@/lib/access/proof-of'
import { currentTime } from '@/lib/context/clock'
import type { PersonActor } from '@/lib/context/context'
import { type CustomerOfPerson, type FoundSession, findSession } from '@/lib/people/find-session'
import { OWNER_IDLE_MS } from '@/lib/people/mark-active'
import { cookieName } from './cookies'

export type Area = 'portal' | 'secure' | 'wallet' | 'consent' | 'operator'

export type SessionCustomer = CustomerOfPerson

export type CurrentSession = {
  actor: PersonActor
  person: { id: string; name: string; email: string; locale: 'en' | 'it' }
  /** Whom the person acts for at present. */
  customer: SessionCustomer | null
  customers: SessionCustomer[]
  /** False once a pause has been longer than the owner areas allow, until the person proves themselves again. */
  opensOwnerAreas: boolean
}

/** Who is signed in, from the cookie of this request; read from the database once per request. */
export const currentSession = cache(async (): Promise<CurrentSession | null> => {
  const token = (await cookies()).get(cookieName('session'))?.value
  if (!token) return null
  const now = currentTime()
  const found = await findSession(database().db, token, now)
  return found && toCurrentSession(found, now)
})

function toCurrentSession(found: FoundSession, now: Date): CurrentSession {
  const { id, person, customer, customers } = found
  return {
    actor: {
      kind: 'person',
      personId: person.id,
      sessionId: id,
      customerId: customer?.id ?? null,
      role: customer?.role ?? null,
      isOperator: person.isOperator,
      authTime: found.authTime,
      amr: found.amr,
      steppedUpAt: found.steppedUpAt,
      steppedUpAmr: found.steppedUpAmr,
    },
    person: { id: person.id, name: person.name, email: person.email, locale: person.locale },
    customer,
    customers,
    opensOwnerAreas: opensOwnerAreas(found, now),
  }
}

/** A proof counts from the later of sign-in and step-up; a long pause after it closes the owner areas. */
export function opensOwnerAreas(
  found: Pick<FoundSession, 'authTime' | 'steppedUpAt' | 'lastActiveAt' | 'pausedAt'>,
  now: Date,
): boolean {
  const proved = provedAt(found).getTime()
  const seenAt = Math.max(found.lastActiveAt.getTime(), proved)
  if (now.getTime() - seenAt > OWNER_IDLE_MS) return false
  return found.pausedAt === null || proved >= found.pausedAt.getTime()
}

/** Whether the session may be used in an area at this moment. */
export function opensArea(session: CurrentSession, area: Area): boolean {
  return area === 'portal' || area === 'operator' || session.opensOwnerAreas
}
