import { sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { REFRESH_GRACE_SECONDS } from './token-pair'

/** Erases successors that may no longer be given out; the used token's hash stays, so that its reuse is noticed. */
export async function sweepRotations(db: Database, now: Date): Promise<void> {
  await db.execute(sql`
    update token_rotations set successor_sealed = null
    where successor_sealed is not null and rotated_at < ${now.toISOString()}::timestamptz - make_interval(secs => ${REFRESH_GRACE_SECONDS})`)
}
