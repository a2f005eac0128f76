import { lt } from 'drizzle-orm'
import type { Database } from '@/db/client'
import {
  mailbox,
  mailLinks,
  oneTimeCodes,
  passkeyChallenges,
  signInAttempts,
  signInTickets,
  throttles,
} from '@/db/schema/people'
import { addDays } from '@/lib/core/time'

/** Deletes what has been over for a day: nobody can use it any more, and the audit remembers what mattered. */
export async function sweepPeople(db: Database, now: Date): Promise<void> {
  const yesterday = addDays(now, -1)
  await db.delete(passkeyChallenges).where(lt(passkeyChallenges.expiresAt, yesterday))
  await db.delete(signInAttempts).where(lt(signInAttempts.expiresAt, yesterday))
  await db.delete(signInTickets).where(lt(signInTickets.expiresAt, yesterday))
  await db.delete(oneTimeCodes).where(lt(oneTimeCodes.expiresAt, yesterday))
  await db.delete(mailLinks).where(lt(mailLinks.expiresAt, yesterday))
  await db.delete(throttles).where(lt(throttles.windowStartedAt, yesterday))
  await db.delete(mailbox).where(lt(mailbox.at, addDays(now, -7)))
}
