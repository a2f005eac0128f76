import { performance } from 'node:perf_hooks'
import { sql } from 'drizzle-orm'
import type { Database } from '@/db/client'

/**
 * The database's clock, carried on by the monotonic clock of this process: every replica agrees on what has expired, and a
 * jump of the machine's wall clock changes nothing. `synchronizeClock` runs every 500 ms.
 */
type Clock = { databaseMs: number; monotonicMs: number }
const KEY = Symbol.for('countersign.clock')
type Holder = { [KEY]?: Clock }

export async function synchronizeClock(db: Database): Promise<void> {
  const before = performance.now()
  const [row] = await db.execute<{ ms: string }>(sql`select (extract(epoch from clock_timestamp()) * 1000)::text as ms`)
  const after = performance.now()
  ;(globalThis as Holder)[KEY] = { databaseMs: Number(row?.ms), monotonicMs: (before + after) / 2 }
}

/** Now, by the database's clock; by the machine's until the first synchronization. */
export function currentTime(): Date {
  const clock = (globalThis as Holder)[KEY]
  return clock ? new Date(clock.databaseMs + (performance.now() - clock.monotonicMs)) : new Date()
}

/** How far the machine's wall clock is from the database's, in milliseconds. */
export function clockSkewMs(): number {
  return Math.abs(Date.now() - currentTime().getTime())
}
