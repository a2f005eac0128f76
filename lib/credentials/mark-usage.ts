import { sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { log } from '@/lib/log/log'

/**
 * Last use of secrets and connections, written behind: marks gather in memory, one per subject, and are added to
 * `usage_marks` by one statement a second. A mark is lost only with the process.
 */
type Mark = { uses: number; lastUsedAt: Date; lastAddress: string | null }

const KEY = Symbol.for('countersign.usage')
type Holder = { [KEY]?: Map<string, Mark> }

function marks(): Map<string, Mark> {
  const holder = globalThis as Holder
  holder[KEY] ??= new Map()
  return holder[KEY]
}

export function markUsage(subjectId: string, used: { now: Date; address: string | null }): void {
  const mark = marks().get(subjectId)
  if (!mark) {
    marks().set(subjectId, { uses: 1, lastUsedAt: used.now, lastAddress: used.address })
    return
  }
  mark.uses += 1
  mark.lastUsedAt = used.now
  mark.lastAddress = used.address
}

/** Writes what has gathered. Marks that could not be written are kept for the next time. */
export async function flushUsage(db: Database): Promise<void> {
  const gathered = marks()
  if (gathered.size === 0) return
  const entries = [...gathered].sort(([a], [b]) => (a < b ? -1 : 1))
  gathered.clear()
  try {
    await db.execute(sql`
      insert into usage_marks as u (subject_id, last_used_at, last_address, day_started_at, uses_of_day)
      select id, at::timestamptz, address, date_trunc('day', at::timestamptz at time zone 'utc') at time zone 'utc', uses
      from unnest(
        ${sql.param(entries.map(([id]) => id))}::text[],
        ${sql.param(entries.map(([, mark]) => mark.lastUsedAt.toISOString()))}::text[],
        ${sql.param(entries.map(([, mark]) => mark.lastAddress))}::text[],
        ${sql.param(entries.map(([, mark]) => mark.uses))}::int[]) as given (id, at, address, uses)
      on conflict (subject_id) do update set
        last_used_at = greatest(u.last_used_at, excluded.last_used_at),
        last_address = case when excluded.last_used_at >= u.last_used_at then excluded.last_address else u.last_address end,
        uses_of_day_before = case
          when excluded.day_started_at = u.day_started_at then u.uses_of_day_before
          when excluded.day_started_at = u.day_started_at + interval '1 day' then u.uses_of_day else 0 end,
        uses_of_day = case when excluded.day_started_at <= u.day_started_at
          then u.uses_of_day + excluded.uses_of_day else excluded.uses_of_day end,
        day_started_at = greatest(u.day_started_at, excluded.day_started_at)`)
  } catch (error) {
    log().warn({ err: error }, 'usage marks could not be written yet')
    for (const [id, mark] of entries) restore(id, mark)
  }
}

function restore(id: string, mark: Mark): void {
  const newer = marks().get(id)
  if (newer) newer.uses += mark.uses
  else marks().set(id, mark)
}
