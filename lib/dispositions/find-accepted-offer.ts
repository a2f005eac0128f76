import { and, eq } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { dispositions } from '@/db/schema/dispositions'
import type { Offer } from './offer-disposition'
import type { AskedForCustomers } from './schema'

/** What the person started and has accepted, for the domain whose operation it is; null for anything else. */
export async function findAcceptedOffer(
  db: Database,
  wanted: { id: string; subjectId: string; personId: string },
): Promise<{ asked: AskedForCustomers | null; acceptedAt: Date } | null> {
  const [row] = await db
    .select({ offer: dispositions.offer, endedAt: dispositions.endedAt })
    .from(dispositions)
    .where(
      and(
        eq(dispositions.id, wanted.id),
        eq(dispositions.subjectId, wanted.subjectId),
        eq(dispositions.initiatorId, wanted.personId),
        eq(dispositions.status, 'GRANTED'),
      ),
    )
  if (!row?.endedAt) return null
  return { asked: (row.offer as Offer['offer']).asked ?? null, acceptedAt: row.endedAt }
}
