import { type SQL, sql } from 'drizzle-orm'
import type { Database, Transaction } from '@/db/client'
import type { OfferedTransfer, ReceivedTransfer } from './schema'

function isOpen(now: Date): SQL {
  return sql`t.outcome is null and t.expires_at > ${now.toISOString()}::timestamptz`
}

export async function findBusiness(db: Database, customerId: string): Promise<{ id: string; name: string } | null> {
  const [row] = await db.execute<{ id: string; name: string }>(sql`
    select id, name from customers where id = ${customerId} and kind = 'business'`)
  return row ? { id: row.id, name: row.name } : null
}

export type NewTransfer = {
  id: string
  applicationId: string
  fromCustomerId: string
  toCustomerId: string
  requestedBy: string
  expiresAt: Date
}

/** False while another is open: the index decides. One whose time is over is closed first. */
export async function insertTransfer(tx: Transaction, row: NewTransfer, now: Date): Promise<boolean> {
  const at = now.toISOString()
  await tx.execute(sql`
    update application_transfers t set outcome = 'expired', decided_at = t.expires_at
    where t.application_id = ${row.applicationId} and t.outcome is null and t.expires_at <= ${at}::timestamptz`)
  const rows = await tx.execute(sql`
    insert into application_transfers
      (id, application_id, from_customer_id, to_customer_id, requested_by, created_at, expires_at)
    values (${row.id}, ${row.applicationId}, ${row.fromCustomerId}, ${row.toCustomerId}, ${row.requestedBy},
      ${at}::timestamptz, ${row.expiresAt.toISOString()}::timestamptz)
    on conflict do nothing returning id`)
  return rows.length === 1
}

export type OpenTransfer = {
  id: string
  applicationId: string
  applicationName: string
  fromCustomerId: string
  toCustomerId: string
  requestedBy: string
}

/** An open one, for the verb to decide who may touch it. */
export async function findOpen(db: Database, transferId: string, now: Date): Promise<OpenTransfer | null> {
  const [row] = await db.execute<{
    id: string
    application_id: string
    application: string
    from_customer_id: string
    to_customer_id: string
    requested_by: string
  }>(sql`
    select t.id, t.application_id, a.name as application, t.from_customer_id, t.to_customer_id, t.requested_by
    from application_transfers t join applications a on a.id = t.application_id
    where t.id = ${transferId} and ${isOpen(now)}`)
  return row
    ? {
        id: row.id,
        applicationId: row.application_id,
        applicationName: row.application,
        fromCustomerId: row.from_customer_id,
        toCustomerId: row.to_customer_id,
        requestedBy: row.requested_by,
      }
    : null
}

/** Whether this call ended it: of acceptance, refusal and cancellation at the same moment one does. */
export async function decide(
  tx: Transaction,
  transferId: string,
  decision: { outcome: 'accepted' | 'refused' | 'cancelled'; by: string; now: Date },
): Promise<boolean> {
  const rows = await tx.execute(sql`
    update application_transfers t
    set outcome = ${decision.outcome}, decided_by = ${decision.by},
      decided_at = ${decision.now.toISOString()}::timestamptz
    where t.id = ${transferId} and ${isOpen(decision.now)} returning t.id`)
  return rows.length === 1
}

/** Waits for whoever changes the application, as `holdApplication` does; whose it is decides the next statement. */
export async function lockApplication(tx: Transaction, applicationId: string): Promise<void> {
  await tx.execute(sql`select id from applications where id = ${applicationId} for no key update`)
}

/**
 * Gives it to its new owner: owners by the team were the old owner's, and so were invitations that nobody has answered.
 * False where it is not the giver's any more.
 */
export async function changeOwner(tx: Transaction, transfer: OpenTransfer, by: string, now: Date): Promise<boolean> {
  const { applicationId } = transfer
  const at = sql`${now.toISOString()}::timestamptz`
  const rows = await tx.execute(sql`
    update applications set customer_id = ${transfer.toCustomerId}
    where id = ${applicationId} and customer_id = ${transfer.fromCustomerId} returning id`)
  if (rows.length === 0) return false
  // First the invitations: this waits for one that is being accepted, and the next statement sees who came in by it.
  await tx.execute(sql`
    update application_invitations set withdrawn_at = ${at}, withdrawn_by = ${by}
    where application_id = ${applicationId} and accepted_at is null and withdrawn_at is null`)
  await tx.execute(sql`
    update application_members set ended_at = ${at}, ended_by = ${by}
    where application_id = ${applicationId} and role = 'owner' and ended_at is null`)
  return true
}

export type Addressee = { personId: string; email: string; name: string; locale: string }

/** Owners of a Customer who can sign in. */
export async function listOwners(db: Database, customerId: string): Promise<Addressee[]> {
  const rows = await db.execute<{ id: string; email: string; name: string; locale: string }>(sql`
    select p.id, p.email, p.name, p.locale from people p join memberships m on m.person_id = p.id
    where m.customer_id = ${customerId} and m.role = 'owner' and m.ended_at is null and p.disabled_at is null
    order by p.id`)
  return rows.map(({ id, ...row }) => ({ personId: id, email: row.email, name: row.name, locale: row.locale }))
}

export async function findOffered(db: Database, applicationId: string, now: Date): Promise<OfferedTransfer | null> {
  const [row] = await db.execute<{
    id: string
    to_name: string
    to_verified: boolean
    requested_by: string
    expires_at: string
  }>(sql`
    select t.id, c.name as to_name, c.name_verified_at is not null as to_verified, p.name as requested_by, t.expires_at
    from application_transfers t join customers c on c.id = t.to_customer_id join people p on p.id = t.requested_by
    where t.application_id = ${applicationId} and ${isOpen(now)}`)
  return row
    ? {
        id: row.id,
        toName: row.to_name,
        toVerified: row.to_verified,
        requestedBy: row.requested_by,
        expiresAt: new Date(row.expires_at),
      }
    : null
}

/** What is offered to a Customer, for those of its owners who act for it. */
export async function listReceived(
  db: Database,
  by: { customerId: string; personId: string },
  now: Date,
): Promise<ReceivedTransfer[]> {
  const at = sql`${now.toISOString()}::timestamptz`
  const rows = await db.execute<{
    id: string
    application: string
    from_name: string
    requested_by: string
    expires_at: string
    members: number
    secrets: number
    connections: number
  }>(sql`
    select t.id, a.name as application, c.name as from_name, p.name as requested_by, t.expires_at,
      (select count(*)::int from application_members m
        where m.application_id = a.id and m.ended_at is null and m.role <> 'owner') as members,
      (select count(*)::int from application_secrets s
        where s.application_id = a.id and s.revoked_at is null and (s.ends_at is null or s.ends_at > ${at})) as secrets,
      (select count(*)::int from connections n
        where n.application_id = a.id and n.granted_at is not null and n.revoked_at is null) as connections
    from application_transfers t
    join applications a on a.id = t.application_id and a.customer_id = t.from_customer_id
    join customers c on c.id = t.from_customer_id join people p on p.id = t.requested_by
    where t.to_customer_id = ${by.customerId} and ${isOpen(now)} and exists (
      select from memberships m
      where m.customer_id = t.to_customer_id and m.person_id = ${by.personId} and m.role = 'owner' and m.ended_at is null
    )
    order by t.created_at, t.id limit 50`)
  return rows.map((row) => ({
    id: row.id,
    applicationName: row.application,
    fromName: row.from_name,
    requestedBy: row.requested_by,
    expiresAt: new Date(row.expires_at),
    members: row.members,
    liveSecrets: row.secrets,
    connections: row.connections,
  }))
}
