import { sql } from 'drizzle-orm'
import type { Database } from '@/db/client'

export type FailureKey = { key: string; count: number }

/**
 * Adds failures to their windows and tells each key's new total: one statement, so that replicas share one count. A window
 * begins with its first failure and lasts `windowSeconds`. Keys must be distinct and are written in order, so that two
 * batches never wait for each other in a circle.
 */
export async function countFailures(
  db: Database,
  keys: readonly FailureKey[],
  now: Date,
  windowSeconds: number,
): Promise<Map<string, { failures: number; windowEndsAt: Date }>> {
  if (keys.length === 0) return new Map()
  const sorted = [...keys].sort((a, b) => (a.key < b.key ? -1 : 1))
  const names = sql.param(sorted.map((entry) => entry.key))
  const counts = sql.param(sorted.map((entry) => entry.count))
  const at = now.toISOString()
  const rows = await db.execute<{ key: string; failures: number; window_started_at: string }>(sql`
    insert into throttles as t (key, failures, window_started_at)
    select key, count, ${at}::timestamptz from unnest(${names}::text[], ${counts}::int[]) as given (key, count) order by key
    on conflict (key) do update set
      failures = case when t.window_started_at > ${at}::timestamptz - make_interval(secs => ${windowSeconds})
        then t.failures + excluded.failures else excluded.failures end,
      window_started_at = case when t.window_started_at > ${at}::timestamptz - make_interval(secs => ${windowSeconds})
        then t.window_started_at else excluded.window_started_at end
    returning key, failures, window_started_at`)
  return new Map(
    rows.map((row) => [
      row.key,
      {
        failures: row.failures,
        windowEndsAt: new Date(new Date(row.window_started_at).getTime() + windowSeconds * 1000),
      },
    ]),
  )
}
