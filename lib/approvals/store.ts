import { sql } from 'drizzle-orm'
import type { Database, Transaction } from '@/db/client'
import type { ApplicationAction } from '@/lib/access/permissions'
import type { Environment } from '@/lib/core/secrets'
import { type Act, APPROVAL_HOURS, type ApprovalRequest, OPEN_REQUEST_LIMIT } from './schema'

export async function isUnderFourEyes(db: Database, applicationId: string): Promise<boolean> {
  const rows = await db.execute(sql`
    select from applications where id = ${applicationId} and four_eyes_since is not null`)
  return rows.length === 1
}

/** Whether this call changed it. */
export async function setFourEyes(tx: Transaction, applicationId: string, since: Date | null): Promise<boolean> {
  const rows = await tx.execute(sql`
    update applications set four_eyes_since = ${since?.toISOString() ?? null}::timestamptz
    where id = ${applicationId} and (four_eyes_since is null) <> ${since === null} returning id`)
  return rows.length === 1
}

function isAct(act: Act, personId: string) {
  return sql`r.application_id = ${act.applicationId} and r.environment = ${act.environment}
    and r.action = ${act.permission} and r.subject = ${act.subject} and r.requested_by = ${personId}`
}

/**
 * Uses up one approval of this act that one of `approvers` has given to the person: of two acts at once one gets it.
 * Null where there is none.
 */
export async function spendApproval(
  tx: Transaction,
  act: Act,
  by: { personId: string; approvers: string[] },
  now: Date,
): Promise<{ requestId: string; approvedBy: string } | null> {
  const at = sql`${now.toISOString()}::timestamptz`
  const [row] = await tx.execute<{ id: string; decided_by: string }>(sql`
    update approval_requests u set used_at = ${at}
    where u.used_at is null and u.id = (
      select r.id from approval_requests r
      where ${isAct(act, by.personId)} and r.outcome = 'approved' and r.used_at is null
        and r.decided_at > ${at} - make_interval(hours => ${APPROVAL_HOURS})
        and r.decided_by = any(${sql.param(by.approvers)}::text[])
      order by r.decided_at limit 1 for update
    ) returning u.id, u.decided_by`)
  return row ? { requestId: row.id, approvedBy: row.decided_by } : null
}

/**
 * Keeps the request that is open for this act, or makes one. The caller holds the application, so that of two at once
 * neither exceeds the limit.
 */
export async function openRequest(
  tx: Transaction,
  row: Act & { id: string; requestedBy: string; expiresAt: Date },
  now: Date,
): Promise<'made' | 'kept' | 'limit'> {
  const at = sql`${now.toISOString()}::timestamptz`
  await tx.execute(sql`
    update approval_requests r set outcome = 'expired', decided_at = r.expires_at
    where r.application_id = ${row.applicationId} and r.outcome is null and r.expires_at <= ${at}`)
  const [seen] = await tx.execute<{ same: boolean; open: number }>(sql`
    select coalesce(bool_or(${isAct(row, row.requestedBy)}), false) as same, count(*)::int as open
    from approval_requests r where r.application_id = ${row.applicationId} and r.outcome is null`)
  if (seen?.same) return 'kept'
  if ((seen?.open ?? 0) >= OPEN_REQUEST_LIMIT) return 'limit'
  await tx.execute(sql`
    insert into approval_requests
      (id, application_id, environment, action, subject, requested_by, created_at, expires_at)
    values (${row.id}, ${row.applicationId}, ${row.environment}, ${row.permission}, ${row.subject}, ${row.requestedBy},
      ${at}, ${row.expiresAt.toISOString()}::timestamptz)`)
  return 'made'
}

export async function lockApplication(tx: Transaction, applicationId: string): Promise<void> {
  await tx.execute(sql`select id from applications where id = ${applicationId} for no key update`)
}

export type OpenRequest = Act & { id: string; requestedBy: string }

/** One that waits, for the verb to decide who may decide it. */
export async function findOpen(db: Database, requestId: string, now: Date): Promise<OpenRequest | null> {
  const [row] = await db.execute<{
    application_id: string
    environment: Environment
    action: ApplicationAction
    subject: string
    requested_by: string
  }>(sql`
    select r.application_id, r.environment, r.action, r.subject, r.requested_by from approval_requests r
    where r.id = ${requestId} and r.outcome is null and r.expires_at > ${now.toISOString()}::timestamptz`)
  if (!row) return null
  const { environment, action: permission, subject } = row
  return {
    id: requestId,
    applicationId: row.application_id,
    environment,
    permission,
    subject,
    requestedBy: row.requested_by,
  }
}

/** Whether this call decided it; never by the person who asked. */
export async function decide(
  tx: Transaction,
  requestId: string,
  decision: { outcome: 'approved' | 'refused'; by: string; now: Date },
): Promise<boolean> {
  const at = sql`${decision.now.toISOString()}::timestamptz`
  const rows = await tx.execute(sql`
    update approval_requests r set outcome = ${decision.outcome}, decided_by = ${decision.by}, decided_at = ${at}
    where r.id = ${requestId} and r.outcome is null and r.expires_at > ${at} and r.requested_by <> ${decision.by}
    returning r.id`)
  return rows.length === 1
}

export async function findAddressee(db: Database, personId: string) {
  const [row] = await db.execute<{ email: string; name: string; locale: string }>(sql`
    select email, name, locale from people where id = ${personId}`)
  return row ? { email: row.email, name: row.name, locale: row.locale } : null
}

/** Of an application that the verb has decided about. */
export async function findApplication(
  db: Database,
  applicationId: string,
): Promise<{ name: string; customerId: string } | null> {
  const [row] = await db.execute<{ name: string; customer_id: string }>(sql`
    select name, customer_id from applications where id = ${applicationId}`)
  return row ? { name: row.name, customerId: row.customer_id } : null
}

/** What waits, and what is approved and not used yet; oldest first. */
export async function listRequests(
  db: Database,
  applicationId: string,
  personId: string | null,
  now: Date,
): Promise<ApprovalRequest[]> {
  const at = sql`${now.toISOString()}::timestamptz`
  const rows = await db.execute<{
    id: string
    environment: Environment
    action: ApplicationAction
    subject: string
    state: ApprovalRequest['state']
    requested_by: string
    asker: string
    approver: string | null
    created_at: string
    expires_at: string
  }>(sql`
    select r.id, r.environment, r.action, r.subject, coalesce(r.outcome, 'waiting') as state, r.requested_by,
      p.name as asker, q.name as approver, r.created_at,
      case when r.outcome is null then r.expires_at
        else r.decided_at + make_interval(hours => ${APPROVAL_HOURS}) end as expires_at
    from approval_requests r join people p on p.id = r.requested_by left join people q on q.id = r.decided_by
    where r.application_id = ${applicationId} and (
      (r.outcome is null and r.expires_at > ${at})
      or (r.outcome = 'approved' and r.used_at is null
        and r.decided_at > ${at} - make_interval(hours => ${APPROVAL_HOURS}))
    )
    order by r.created_at, r.id`)
  return rows.map((row) => ({
    id: row.id,
    environment: row.environment,
    permission: row.action,
    subject: row.subject,
    state: row.state,
    requestedBy: row.asker,
    isYours: row.requested_by === personId,
    approvedBy: row.approver,
    createdAt: new Date(row.created_at),
    expiresAt: new Date(row.expires_at),
  }))
}
