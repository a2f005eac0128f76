import type { Database } from '@/db/client'
import { listLive } from './store'

export type LiveConsent = { id: string; customerId: string; authTime: Date; amr: string[] }

/** For lib/oauth: which of these Customers the person has a consent for that counts now, in the order of the Customers given. */
export async function findLiveConsents(
  db: Database,
  wanted: { personId: string; applicationId: string; environment: string; customerIds: readonly string[]; now: Date },
): Promise<LiveConsent[]> {
  const live = await listLive(db, wanted)
  return wanted.customerIds.flatMap((id) => live.filter(({ customerId }) => customerId === id))
}
