import { and, eq, isNull, lt, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { sessions } from '@/db/schema/people'
import { addMs, MINUTE, SECOND } from '@/lib/core/time'

/** The pause after which the owner areas ask again who is there (security.md, Identity and SCA). */
export const OWNER_IDLE_MS = 5 * MINUTE

/** A page view within this time of the last one writes nothing. */
const GRANULARITY_MS = 15 * SECOND

/**
 * Records that the person did something. A pause longer than the owner areas allow is remembered, so that going on in the
 * portal does not open them again.
 */
export async function markActive(db: Database, sessionId: string, now: Date): Promise<void> {
  await db
    .update(sessions)
    .set({
      lastActiveAt: now,
      pausedAt: sql`case when ${sessions.lastActiveAt} < ${addMs(now, -OWNER_IDLE_MS).toISOString()}::timestamptz
        then ${now.toISOString()}::timestamptz else ${sessions.pausedAt} end`,
    })
    .where(
      and(
        eq(sessions.id, sessionId),
        isNull(sessions.revokedAt),
        lt(sessions.lastActiveAt, addMs(now, -GRANULARITY_MS)),
      ),
    )
}
