import type { Database } from '@/db/client'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { eraseStaleResults, settleExpired } from './store'

/** How many one transaction settles: a backlog never holds locks for long. */
const BATCH = 200

/**
 * Writes down what the times already say: EXPIRED, with its audit row, and erases result tokens that nobody came back with.
 * Nothing depends on when it runs. Returns how many dispositions it settled.
 */
export async function sweepDispositions(db: Database, now: Date): Promise<number> {
  const ctx: Context = { db, actor: { kind: 'system', name: 'sweep' }, now, requestId: 'sweep', address: null }
  for (let total = 0; ; ) {
    const settled = await db.transaction(async (tx) => {
      const rows = await settleExpired(tx, now, BATCH)
      for (const row of rows) {
        await recordEvent(tx, ctx, {
          action: 'disposition.expired',
          applicationId: row.applicationId,
          environment: row.environment,
          subjectId: row.subjectId,
          data: { disposition: row.id },
        })
      }
      if (rows.length < BATCH) await eraseStaleResults(tx, now)
      return rows.length
    })
    total += settled
    if (settled < BATCH) return total
  }
}
