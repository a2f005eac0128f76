import type { Database } from '@/db/client'
import { listLive } from './store'

export type LiveConsent = { id: string; customerId: string; authTime: Date; amr: string[] }

/** For lib/oauth: which of these consents of the person count now, in the order of their ids given. */
export async function findLiveConsents(
  db: Database,
  wanted: { ids: readonly string[]; personId: string; now: Date },
): Promise<LiveConsent[]> {
  const live = await listLive(db, wanted)
  return wanted.ids.flatMap((id) => live.filter((one) => one.id === id))
}
