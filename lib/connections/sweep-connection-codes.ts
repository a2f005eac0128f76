import type { Database } from '@/db/client'
import { eraseCodes } from './store'

/** Erases sealed codes whose time is over; nothing gives them out any more, sweep or not. Returns how many. */
export async function sweepConnectionCodes(db: Database, now: Date): Promise<number> {
  return eraseCodes(db, now)
}
