import { sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { currentTime } from '@/lib/context/clock'
import { newId } from '@/lib/core/ids'
import { log } from '@/lib/log/log'

/**
 * Last use of secrets, Application Keys and Connections, written behind: marks gather in memory, one per subject, and one
 * statement a second adds them to `usage_marks` and reports up to when this process has written what it saw. Marks that
 * cannot be written are kept; what a process took with it when it was killed counts as a use (ADR-0081).
 */
type Mark = { uses: number; lastUsedAt: Date; lastAddress: string | null }
type Used = { now: Date; address: string | null }

export type UsageReporter = {
  mark(subjectId: string, used: Used): void
  flush(db: Database): Promise<void>
  /** Writes the last marks and takes the process out of those that are waited for. */
  stop(db: Database): Promise<void>
}

/** Each process has one; a test that plays several replicas makes its own, with a clock of its own. */
export function makeUsageReporter(clock: () => Date = currentTime): UsageReporter {
  const replicaId = newId('replica')
  const startedAt = clock()
  let marks = new Map<string, Mark>()
  let writing = Promise.resolve()

  return { mark, flush, stop }

  function mark(subjectId: string, used: Used): void {
    const known = marks.get(subjectId)
    if (known) add(known, { uses: 1, lastUsedAt: used.now, lastAddress: used.address })
    else marks.set(subjectId, { uses: 1, lastUsedAt: used.now, lastAddress: used.address })
  }

  /** One at a time: a report must not overtake the marks that it speaks of. */
  function flush(db: Database): Promise<void> {
    writing = writing.then(() => write(db))
    return writing
  }

  async function stop(db: Database): Promise<void> {
    await flush(db)
    if (marks.size > 0) return // the row stays, so that what could not be written counts as a use
    await db.execute(sql`delete from usage_reports where replica_id = ${replicaId}`)
  }

  async function write(db: Database): Promise<void> {
    const until = clock()
    const gathered = marks
    marks = new Map()
    try {
      await writeMarks(db, gathered, { replicaId, startedAt, until })
    } catch (error) {
      log().warn({ err: error }, 'usage marks could not be written yet')
      for (const [id, unwritten] of gathered) {
        const newer = marks.get(id)
        if (newer) add(newer, unwritten)
        else marks.set(id, unwritten)
      }
    }
  }
}

function add(mark: Mark, other: Mark): void {
  mark.uses += other.uses
  if (other.lastUsedAt < mark.lastUsedAt) return
  mark.lastUsedAt = other.lastUsedAt
  mark.lastAddress = other.lastAddress
}

/** In the order of their ids, so that two processes never wait for each other in a circle. */
async function writeMarks(
  db: Database,
  marks: Map<string, Mark>,
  report: { replicaId: string; startedAt: Date; until: Date },
): Promise<void> {
  const entries = [...marks].sort(([a], [b]) => (a < b ? -1 : 1))
  await db.execute(sql`
    with marks as (
      insert into usage_marks as u (subject_id, last_used_at, last_address, hour_started_at, uses_by_hour)
      select id, at::timestamptz, address, date_trunc('hour', at::timestamptz), array[uses]
      from unnest(
        ${sql.param(entries.map(([id]) => id))}::text[],
        ${sql.param(entries.map(([, mark]) => mark.lastUsedAt.toISOString()))}::text[],
        ${sql.param(entries.map(([, mark]) => mark.lastAddress))}::text[],
        ${sql.param(entries.map(([, mark]) => mark.uses))}::int[]) as given (id, at, address, uses)
      on conflict (subject_id) do update set
        last_used_at = greatest(u.last_used_at, excluded.last_used_at),
        last_address = case when excluded.last_used_at >= u.last_used_at then excluded.last_address else u.last_address end,
        hour_started_at = greatest(u.hour_started_at, excluded.hour_started_at),
        uses_by_hour = (
          select array_agg(
            coalesce(u.uses_by_hour[hour - greatest(later, 0)], 0)
              + case when hour = 1 - least(later, 0) then excluded.uses_by_hour[1] else 0 end order by hour)
          from generate_series(1, 25) hour,
            greatest(-25, least(25, coalesce(extract(epoch from excluded.hour_started_at - u.hour_started_at) / 3600, 25)::int)) later
        )
    )
    insert into usage_reports as r (replica_id, started_at, flushed_until)
    values (${report.replicaId}, ${report.startedAt.toISOString()}::timestamptz, ${report.until.toISOString()}::timestamptz)
    on conflict (replica_id) do update set flushed_until = greatest(r.flushed_until, excluded.flushed_until)`)
}

const KEY = Symbol.for('countersign.usage')
type Holder = { [KEY]?: UsageReporter }

/** The one of this process; both roads share it. */
export function usageReporter(): UsageReporter {
  const holder = globalThis as Holder
  holder[KEY] ??= makeUsageReporter()
  return holder[KEY]
}

export function markUsage(subjectId: string, used: Used): void {
  usageReporter().mark(subjectId, used)
}
