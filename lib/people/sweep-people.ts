import { lt } from 'drizzle-orm'
import type { Database } from '@/db/client'
import {
  knownDevices,
  mailbox,
  mailLinks,
  oneTimeCodes,
  passkeyChallenges,
  sessions,
  signInAttempts,
  signInTickets,
  throttles,
} from '@/db/schema/people'
import { addDays } from '@/lib/core/time'

/** Sessions stay for who looks into what happened; one that was ended sooner stays hours longer. */
const ENDED_SESSION_DAYS = 30
/** As long as a browser keeps the device's cookie: after that nobody can come with it. */
const UNSEEN_DEVICE_DAYS = 400

/** Deletes what has been over for a day or longer: nobody can use it any more, and the audit remembers what mattered. */
export async function sweepPeople(db: Database, now: Date): Promise<void> {
  const yesterday = addDays(now, -1)
  await db.delete(passkeyChallenges).where(lt(passkeyChallenges.expiresAt, yesterday))
  await db.delete(signInAttempts).where(lt(signInAttempts.expiresAt, yesterday))
  await db.delete(signInTickets).where(lt(signInTickets.expiresAt, yesterday))
  await db.delete(oneTimeCodes).where(lt(oneTimeCodes.expiresAt, yesterday))
  await db.delete(mailLinks).where(lt(mailLinks.expiresAt, yesterday))
  await db.delete(throttles).where(lt(throttles.windowStartedAt, yesterday))
  const monthAgo = addDays(now, -ENDED_SESSION_DAYS)
  await db.delete(sessions).where(lt(sessions.expiresAt, monthAgo))
  await db.delete(knownDevices).where(lt(knownDevices.lastSeenAt, addDays(now, -UNSEEN_DEVICE_DAYS)))
  await db.delete(mailbox).where(lt(mailbox.at, addDays(now, -7)))
}
