import { lt } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { usageReports } from '@/db/schema/credentials'
import { addDays } from '@/lib/core/time'

// Longer than anybody can ask a secret to have been unused for, so that no doubt is swept away.
const KEPT_DAYS = 40

/** Forgets processes that stopped without a word long ago. */
export async function sweepUsageReports(db: Database, now: Date): Promise<void> {
  await db.delete(usageReports).where(lt(usageReports.flushedUntil, addDays(now, -KEPT_DAYS)))
}
