import { sql } from 'drizzle-orm'
import type { Database } from './client'

/** Partitioned tables, and for how many days a partition is kept after its day has ended; null: for good. */
const PARTITIONED = { access_tokens: 1, audit_events: null } as const
const DAYS_AHEAD = 8 // a week, whichever side of midnight it is counted from
const PARTITION_LOCK = 7_236_149_002

function dayName(day: Date): string {
  return day.toISOString().slice(0, 10).replaceAll('-', '_')
}

/**
 * Makes the partitions from yesterday to a week ahead, by the database's clock. Runs at every start and once a day; several
 * replicas at once do no harm.
 */
export async function makePartitions(db: Database): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(${PARTITION_LOCK})`)
    const [row] = await tx.execute<{ today: string }>(sql`select (now() at time zone 'utc')::date::text as today`)
    const today = new Date(`${row?.today}T00:00:00Z`).getTime()
    for (const table of Object.keys(PARTITIONED)) {
      for (let offset = -1; offset <= DAYS_AHEAD; offset++) {
        const from = new Date(today + offset * 86_400_000)
        const to = new Date(today + (offset + 1) * 86_400_000)
        await tx.execute(
          sql.raw(
            `create table if not exists ${table}_${dayName(from)} partition of ${table} for values from ('${from.toISOString()}') to ('${to.toISOString()}')`,
          ),
        )
      }
    }
  })
}

/** Drops partitions whose rows have all expired. A busy table is left for the next run (`lock_timeout`). */
export async function dropExpiredPartitions(db: Database): Promise<string[]> {
  const dropped: string[] = []
  const [row] = await db.execute<{ today: string }>(sql`select (now() at time zone 'utc')::date::text as today`)
  const today = new Date(`${row?.today}T00:00:00Z`).getTime()
  for (const [table, days] of Object.entries(PARTITIONED)) {
    if (days === null) continue
    const oldestKept = `${table}_${dayName(new Date(today - days * 86_400_000))}`
    const partitions = await db.execute<{ name: string }>(
      sql`select inhrelid::regclass::text as name from pg_inherits where inhparent = ${table}::regclass`,
    )
    for (const { name } of partitions) {
      if (name >= oldestKept) continue
      const done = await db
        .transaction(async (tx) => {
          await tx.execute(sql`set local lock_timeout = '2s'`)
          await tx.execute(sql.raw(`drop table ${name}`))
          return true
        })
        .catch((error: unknown) => {
          if (isLockTimeout(error)) return false
          throw error
        })
      if (done) dropped.push(name)
    }
  }
  return dropped
}

function isLockTimeout(error: unknown): boolean {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error
  return typeof cause === 'object' && cause !== null && 'code' in cause && cause.code === '55P03'
}
