import { type SQL, sql } from 'drizzle-orm'
import { isOperator } from '@/lib/access/operator'
import { requirePerson } from '@/lib/access/require'
import type { Context } from '@/lib/context/context'

const PAGE = 50

export type ListEventsInput = ({ applicationId: string } | { subjectId: string }) & {
  /** Id of the last event of the page before. */
  before?: string
}

export type ListedEvent = {
  id: string
  at: Date
  action: string
  actorKind: string
  /** Whether the person who asks did it. */
  byYou: boolean
  /** Name of who did it, where they belong to the same Customer. */
  actorName: string | null
  environment: string | null
  subjectId: string | null
  data: Record<string, unknown>
}

/**
 * What happened to an application, or to one thing, newest first. A person sees events of the Customer they act for, of its
 * applications, and those that concern themselves, but no reports of others; of anything else, an empty list. Operators
 * see all.
 */
export async function listEvents(ctx: Context, input: ListEventsInput): Promise<ListedEvent[]> {
  const seesAll = isOperator(ctx)
  const person = ctx.actor.kind === 'person' ? ctx.actor : null
  if (!seesAll) requirePerson(ctx)
  const about: SQL =
    'applicationId' in input ? sql`e.application_id = ${input.applicationId}` : sql`e.subject_id = ${input.subjectId}`
  const own = sql`(
    e.customer_id = ${person?.customerId ?? null} or e.actor_id = ${person?.personId ?? null}
    or e.person_id = ${person?.personId ?? null}
    or exists (select from applications a where a.id = e.application_id and a.customer_id = ${person?.customerId ?? null})
  ) and (e.action <> 'phishing.reported' or e.actor_id = ${person?.personId ?? null})`
  const before = /^\d{1,18}$/.test(input.before ?? '') ? sql`and e.id < ${input.before}::bigint` : sql``
  const rows = await ctx.db.execute<{
    id: string
    at: string
    action: string
    actor_kind: string
    actor_id: string | null
    actor_name: string | null
    environment: string | null
    subject_id: string | null
    data: Record<string, unknown>
  }>(sql`
    select e.id::text, e.at, e.action, e.actor_kind, e.actor_id, e.environment, e.subject_id, e.data,
      (select p.name from people p join memberships m on m.person_id = p.id and m.ended_at is null
        where p.id = e.actor_id and m.customer_id = ${person?.customerId ?? null}) as actor_name
    from audit_events e
    where ${about} ${seesAll ? sql`` : sql`and ${own}`} ${before}
    order by e.id desc limit ${PAGE}`)
  return rows.map((row) => ({
    id: row.id,
    at: new Date(row.at),
    action: row.action,
    actorKind: row.actor_kind,
    byYou: person !== null && row.actor_kind === 'person' && row.actor_id === person.personId,
    actorName: row.actor_name,
    environment: row.environment,
    subjectId: row.subject_id,
    data: row.data,
  }))
}
