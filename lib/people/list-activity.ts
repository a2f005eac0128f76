import { and, desc, eq, gt, lt, or } from 'drizzle-orm'
import { auditEvents } from '@/db/schema/partitioned'
import { requirePerson } from '@/lib/access/require'
import type { Context } from '@/lib/context/context'
import { addDays } from '@/lib/core/time'

const PAGE = 50
/** Older events are the institution's to keep; the page shows what a person can still make sense of. */
const DAYS = 90

export type ActivityEvent = {
  id: string
  at: Date
  action: string
  subjectId: string | null
  byMe: boolean
  address: string | null
  data: Record<string, unknown>
}

/** What the person did, or what was done to them, newest first. `before` is the id of the last event of the page above. */
export async function listActivity(
  ctx: Context,
  input: { before: string | null },
): Promise<{ events: ActivityEvent[]; next: string | null }> {
  const { actor } = requirePerson(ctx)
  const before = input.before !== null && /^\d{1,18}$/.test(input.before) ? BigInt(input.before) : null
  const rows = await ctx.db
    .select({
      id: auditEvents.id,
      at: auditEvents.at,
      action: auditEvents.action,
      subjectId: auditEvents.subjectId,
      actorId: auditEvents.actorId,
      address: auditEvents.address,
      data: auditEvents.data,
    })
    .from(auditEvents)
    .where(
      and(
        or(eq(auditEvents.actorId, actor.personId), eq(auditEvents.personId, actor.personId)),
        gt(auditEvents.at, addDays(ctx.now, -DAYS)),
        before === null ? undefined : lt(auditEvents.id, before),
      ),
    )
    .orderBy(desc(auditEvents.id))
    .limit(PAGE + 1)
  const events = rows.slice(0, PAGE).map(({ actorId, id, ...row }) => ({
    ...row,
    id: String(id),
    byMe: actorId === actor.personId,
  }))
  return { events, next: rows.length > PAGE ? (events.at(-1)?.id ?? null) : null }
}
