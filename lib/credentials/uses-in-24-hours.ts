import { type SQL, sql } from 'drizzle-orm'

/**
 * Uses within the last 24 hours of the row of `usage_marks` that the statement around calls `alias`. Counted by the hour:
 * the oldest hour counts whole, so that nothing of the 24 is left out.
 */
export function usesIn24Hours(now: Date, alias = 'usage_marks'): SQL<number> {
  const marks = sql.identifier(alias)
  return sql<number>`coalesce((
    select sum(uses)::int from unnest(${marks}.uses_by_hour) with ordinality as counted (uses, hour)
    where ${marks}.hour_started_at - make_interval(hours => hour::int - 1) > ${now.toISOString()}::timestamptz - interval '25 hours'
  ), 0)`
}
