import { type SQL, sql } from 'drizzle-orm'
import { isOperator } from '@/lib/access/operator'
import { requirePerson } from '@/lib/access/require'
import type { Context } from '@/lib/context/context'

export const EVENTS_A_PAGE = 50

export type ListedEvent = {
  id: string
  at: Date
  action: string
  actorKind: string
  /** Whether the person who asks did it. */
  byYou: boolean
  /** Name of who did it, where they are a colleague of the person who asks. */
  actorName: string | null
  environment: string | null
  subjectId: string | null
  /** From where, where a colleague or the application itself acted: of others it is not theirs to know. */
  address: string | null
  data: Record<string, unknown>
}

/**
 * What happened to one thing, newest first. A person sees events of the Customer they act for and those that concern
 * themselves, but no reports of others; of anything else, an empty list. Operators see all.
 */
export async function listEvents(ctx: Context, input: { subjectId: string; before?: string }): Promise<ListedEvent[]> {
  const about = sql`e.subject_id = ${input.subjectId}`
  const person = isOperator(ctx) ? null : requirePerson(ctx).actor
  const own =
    person &&
    sql`(
    e.customer_id = ${person.customerId} or e.actor_id = ${person.personId} or e.person_id = ${person.personId}
  )`
  const colleague = sql`exists (
    select from memberships m
    where m.person_id = p.id and m.customer_id = ${person?.customerId ?? null} and m.ended_at is null
  )`
  return readEvents(ctx, { about: own ? sql`${about} and ${own}` : about, colleague, before: input.before })
}

export type EventFilter = {
  subjectId?: string | undefined
  environment?: string | undefined
  /** The noun of the actions: `secret`, `certificate`. */
  action?: string | undefined
  before?: string | undefined
}

/**
 * For lib/applications, which has decided that the person may read it: what happened to one application, or to
 * one thing of it, newest first.
 */
export async function readEventsOfApplication(
  ctx: Context,
  input: EventFilter & { applicationId: string; limit?: number },
): Promise<ListedEvent[]> {
  const { applicationId, subjectId, environment, action, before, limit } = input
  // Who left is named still: what they did is part of what happened.
  const colleague = sql`(
    exists (select from application_members t where t.person_id = p.id and t.application_id = ${applicationId})
    or exists (
      select from memberships m join applications a on a.customer_id = m.customer_id
      where m.person_id = p.id and a.id = ${applicationId}
    )
  )`
  const about = sql`e.application_id = ${applicationId}`
  const filters = [
    about,
    ...(subjectId ? [sql`e.subject_id = ${subjectId}`] : []),
    ...(environment ? [sql`e.environment = ${environment}`] : []),
    // All actions about one noun: `secret` has `secret.made` and `secret.revoked`.
    ...(action ? [sql`split_part(e.action, '.', 1) = ${action}`] : []),
  ]
  return readEvents(ctx, { about: sql.join(filters, sql` and `), colleague, before, limit })
}

/** `colleague`: whether the person `p`, who acted, may be named. Who reported an application is not betrayed to it. */
async function readEvents(
  ctx: Context,
  {
    about,
    colleague,
    before,
    limit = EVENTS_A_PAGE,
  }: { about: SQL; colleague: SQL; before: string | undefined; limit?: number | undefined },
): Promise<ListedEvent[]> {
  const personId = ctx.actor.kind === 'person' ? ctx.actor.personId : null
  const told = isOperator(ctx) ? sql`` : sql`and (e.action <> 'phishing.reported' or e.actor_id = ${personId})`
  const page = /^\d{1,18}$/.test(before ?? '') ? sql`and e.id < ${before}::bigint` : sql``
  const rows = await ctx.db.execute<{
    id: string
    at: string
    action: string
    actor_kind: string
    actor_id: string | null
    actor_name: string | null
    environment: string | null
    subject_id: string | null
    address: string | null
    data: Record<string, unknown>
  }>(sql`
    select e.id::text, e.at, e.action, e.actor_kind, e.actor_id, e.environment, e.subject_id, e.data,
      (select p.name from people p where p.id = e.actor_id and ${colleague}) as actor_name,
      case when e.actor_kind in ('application', 'client')
        or exists (select from people p where p.id = e.actor_id and ${colleague}) then e.address end as address
    from audit_events e
    where ${about} ${told} ${page}
    order by e.id desc limit ${limit}`)
  return rows.map((row) => ({
    id: row.id,
    at: new Date(row.at),
    action: row.action,
    actorKind: row.actor_kind,
    byYou: row.actor_kind === 'person' && row.actor_id === personId,
    actorName: row.actor_name,
    environment: row.environment,
    subjectId: row.subject_id,
    address: row.address,
    data: row.data,
  }))
}
