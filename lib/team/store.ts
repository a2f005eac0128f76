import { type SQL, sql } from 'drizzle-orm'
import type { Database, Transaction } from '@/db/client'
import type { ApplicationRole } from '@/lib/access/permissions'
import { sha256 } from '@/lib/core/secrets'
import {
  type FormerMember,
  INVITATIONS_A_DAY,
  type Member,
  OPEN_INVITATION_LIMIT,
  type ReceivedInvitation,
  SEND_LIMIT,
  TEAM_LIMIT,
} from './schema'

/** Not answered and not withdrawn; whether its time is over is another question. */
const UNANSWERED = sql`i.accepted_at is null and i.withdrawn_at is null`

function isOpen(now: Date): SQL {
  return sql`${UNANSWERED} and i.expires_at > ${now.toISOString()}::timestamptz`
}

/** Whether somebody with the address is in the team, or an owner by the business. */
export async function hasMemberWith(db: Database, applicationId: string, email: string): Promise<boolean> {
  const rows = await db.execute(sql`
    select from people p where lower(p.email) = lower(${email}) and (
      exists (select from application_members t
        where t.application_id = ${applicationId} and t.person_id = p.id and t.ended_at is null)
      or exists (select from memberships m join applications a on a.customer_id = m.customer_id
        where a.id = ${applicationId} and m.person_id = p.id and m.role = 'owner' and m.ended_at is null)
    )`)
  return rows.length > 0
}

export type NewInvitation = {
  id: string
  applicationId: string
  email: string
  role: ApplicationRole
  token: string
  invitedBy: string
  expiresAt: Date
}

/** Within `holdApplication`, so that of two at once neither exceeds a limit. One that has expired makes room. */
export async function insertInvitation(
  tx: Transaction,
  row: NewInvitation,
  now: Date,
): Promise<'sent' | 'exists' | 'open' | 'day' | 'team'> {
  const at = now.toISOString()
  await tx.execute(sql`
    update application_invitations i set withdrawn_at = i.expires_at
    where i.application_id = ${row.applicationId} and lower(i.email) = lower(${row.email}) and ${UNANSWERED}
      and i.expires_at <= ${at}::timestamptz`)
  const [counted] = await tx.execute<{ open: number; day: number; members: number }>(sql`
    select count(*) filter (where ${isOpen(now)})::int as open,
      count(*) filter (where i.created_at > ${at}::timestamptz - interval '1 day')::int as day,
      (select count(*)::int from application_members t
        where t.application_id = ${row.applicationId} and t.ended_at is null) as members
    from application_invitations i where i.application_id = ${row.applicationId}`)
  const { open = 0, day = 0, members = 0 } = counted ?? {}
  if (open >= OPEN_INVITATION_LIMIT) return 'open'
  if (day >= INVITATIONS_A_DAY) return 'day'
  if (members + open >= TEAM_LIMIT) return 'team'
  const rows = await tx.execute(sql`
    insert into application_invitations (id, application_id, email, role, token_hash, invited_by, created_at, expires_at)
    values (${row.id}, ${row.applicationId}, ${row.email}, ${row.role}, ${sha256(row.token)}, ${row.invitedBy},
      ${at}::timestamptz, ${row.expiresAt.toISOString()}::timestamptz)
    on conflict do nothing returning id`)
  return rows.length === 1 ? 'sent' : 'exists'
}

export type FoundInvitation = { id: string; applicationId: string; email: string; role: ApplicationRole; sends: number }

/** One that was not answered yet, its time over or not, for the verb to decide who may touch it. */
export async function findInvitation(db: Database, invitationId: string): Promise<FoundInvitation | null> {
  const [row] = await db.execute<{ application_id: string; email: string; role: ApplicationRole; sends: number }>(sql`
    select i.application_id, i.email, i.role, i.sends from application_invitations i
    where i.id = ${invitationId} and ${UNANSWERED}`)
  return row
    ? { id: invitationId, applicationId: row.application_id, email: row.email, role: row.role, sends: row.sends }
    : null
}

/** A new link in the sender's name, and a new week; the link before is dead, and so is a claim made with it. */
export async function renewInvitation(
  tx: Transaction,
  renewed: { id: string; token: string; invitedBy: string; expiresAt: Date },
): Promise<boolean> {
  const rows = await tx.execute(sql`
    update application_invitations i
    set token_hash = ${sha256(renewed.token)}, invited_by = ${renewed.invitedBy}, sends = i.sends + 1,
      expires_at = ${renewed.expiresAt.toISOString()}::timestamptz, claimed_by = null, claimed_at = null
    where i.id = ${renewed.id} and ${UNANSWERED} and i.sends < ${SEND_LIMIT}
    returning i.id`)
  return rows.length === 1
}

/** Whether this call withdrew it: an acceptance at the same moment may have been faster. */
export async function withdrawInvitation(tx: Transaction, id: string, personId: string, now: Date): Promise<boolean> {
  const rows = await tx.execute(sql`
    update application_invitations i
    set withdrawn_at = ${now.toISOString()}::timestamptz, withdrawn_by = ${personId}
    where i.id = ${id} and ${UNANSWERED} returning i.id`)
  return rows.length === 1
}

export type TakenInvitation = { id: string; applicationId: string; role: ApplicationRole; invitedBy: string }
type TakenRow = { id: string; application_id: string; role: ApplicationRole; invited_by: string }

function taken(row: TakenRow | undefined): TakenInvitation | null {
  return row ? { id: row.id, applicationId: row.application_id, role: row.role, invitedBy: row.invited_by } : null
}

function named(by: { token: string } | { invitationId: string }): SQL {
  // A link that was opened with another address is used up; who has the right one comes in without it.
  return 'token' in by
    ? sql`i.token_hash = ${sha256(by.token)} and i.claimed_at is null`
    : sql`i.id = ${by.invitationId}`
}

const HAS_ADDRESS = sql`p.email_confirmed_at is not null and lower(p.email) = lower(i.email)`

/** Accepted by the person, once, when theirs is the address that it was sent to. */
export async function acceptInvitation(
  tx: Transaction,
  by: { token: string } | { invitationId: string },
  personId: string,
  now: Date,
): Promise<TakenInvitation | null> {
  const [row] = await tx.execute<TakenRow>(sql`
    update application_invitations i set accepted_at = ${now.toISOString()}::timestamptz, accepted_by = p.id
    from people p where p.id = ${personId} and ${HAS_ADDRESS} and ${named(by)} and ${isOpen(now)}
    returning i.id, i.application_id, i.role, i.invited_by`)
  return taken(row)
}

/** Uses up the link for somebody with another address, who then waits for the inviter. */
export async function claimInvitation(
  tx: Transaction,
  token: string,
  personId: string,
  now: Date,
): Promise<TakenInvitation | null> {
  const [row] = await tx.execute<TakenRow>(sql`
    update application_invitations i set claimed_at = ${now.toISOString()}::timestamptz, claimed_by = ${personId}
    where ${named({ token })} and ${isOpen(now)}
    returning i.id, i.application_id, i.role, i.invited_by`)
  return taken(row)
}

/** Lets in the person who claimed it, and nobody else: the address that was shown is theirs. */
export async function confirmClaim(
  tx: Transaction,
  id: string,
  personId: string,
  now: Date,
): Promise<TakenInvitation | null> {
  const [row] = await tx.execute<TakenRow>(sql`
    update application_invitations i
    set accepted_at = ${now.toISOString()}::timestamptz, accepted_by = i.claimed_by
    where i.id = ${id} and i.claimed_by = ${personId} and ${isOpen(now)}
    returning i.id, i.application_id, i.role, i.invited_by`)
  return taken(row)
}

/** Declined by who has the address. */
export async function declineInvitation(
  tx: Transaction,
  id: string,
  personId: string,
  now: Date,
): Promise<TakenInvitation | null> {
  const [row] = await tx.execute<TakenRow>(sql`
    update application_invitations i
    set withdrawn_at = ${now.toISOString()}::timestamptz, withdrawn_by = p.id
    from people p where p.id = ${personId} and ${HAS_ADDRESS} and i.id = ${id} and ${isOpen(now)}
    returning i.id, i.application_id, i.role, i.invited_by`)
  return taken(row)
}

/** False where the person is in the team already: the index decides between two at once. */
export async function insertMember(
  tx: Transaction,
  row: { id: string; applicationId: string; personId: string; role: ApplicationRole; createdBy: string },
  now: Date,
): Promise<boolean> {
  const rows = await tx.execute(sql`
    insert into application_members (id, application_id, person_id, role, created_by, created_at)
    values (${row.id}, ${row.applicationId}, ${row.personId}, ${row.role}, ${row.createdBy},
      ${now.toISOString()}::timestamptz)
    on conflict do nothing returning id`)
  return rows.length === 1
}

export type FoundMember = { memberId: string; personId: string; role: ApplicationRole; endedAt: Date | null }

/** In the application's team, now or once. */
export async function findMember(
  db: Database,
  applicationId: string,
  by: { memberId: string } | { personId: string },
): Promise<FoundMember | null> {
  const [row] = await db.execute<{
    id: string
    person_id: string
    role: ApplicationRole
    ended_at: string | null
  }>(sql`
    select t.id, t.person_id, t.role, t.ended_at from application_members t
    where t.application_id = ${applicationId}
      and ${'memberId' in by ? sql`t.id = ${by.memberId}` : sql`t.person_id = ${by.personId} and t.ended_at is null`}`)
  if (!row) return null
  return {
    memberId: row.id,
    personId: row.person_id,
    role: row.role,
    endedAt: row.ended_at === null ? null : new Date(row.ended_at),
  }
}

/**
 * True where an owner who can act remains when `t` is one no longer: by the team, or by the business; nobody whose account
 * is disabled counts. Within `holdApplication`: of two owners who leave at the same moment the second sees the first gone.
 */
const OWNER_REMAINS = sql`(
  t.role <> 'owner'
  or exists (select from application_members o join people p on p.id = o.person_id and p.disabled_at is null
    where o.application_id = t.application_id and o.id <> t.id and o.role = 'owner' and o.ended_at is null)
  or exists (select from memberships m join applications a on a.customer_id = m.customer_id
    join people p on p.id = m.person_id and p.disabled_at is null
    where a.id = t.application_id and m.role = 'owner' and m.ended_at is null)
)`

/** False where nobody would own the application. */
export async function endMember(
  tx: Transaction,
  memberId: string,
  endedBy: string | null,
  now: Date,
): Promise<boolean> {
  const rows = await tx.execute(sql`
    update application_members t set ended_at = ${now.toISOString()}::timestamptz, ended_by = ${endedBy}
    where t.id = ${memberId} and t.ended_at is null and ${OWNER_REMAINS} returning t.id`)
  return rows.length === 1
}

/** False where nobody would own the application. */
export async function changeRole(tx: Transaction, memberId: string, role: ApplicationRole): Promise<boolean> {
  const rows = await tx.execute(sql`
    update application_members t set role = ${role}
    where t.id = ${memberId} and t.ended_at is null and (${role} = 'owner' or ${OWNER_REMAINS}) returning t.id`)
  return rows.length === 1
}

/** Everybody with a role, each once: owners first, then by name. `asker` decides what is told of addresses. */
export async function listMembers(
  db: Database,
  applicationId: string,
  asker: { personId: string | null; mayManage: boolean },
): Promise<Member[]> {
  const rows = await db.execute<{
    id: string | null
    person_id: string
    name: string
    email: string
    role: ApplicationRole
    since: string
  }>(sql`
    select * from (
      select distinct on (p.id) e.id, p.id as person_id, p.name, p.email, e.role, e.since from (
        select null as id, m.person_id, case m.role when 'owner' then 'owner' else 'analyst' end as role,
          m.created_at as since, case m.role when 'owner' then 1 else 3 end as strength
        from memberships m join applications a on a.customer_id = m.customer_id
        where a.id = ${applicationId} and m.ended_at is null
        union all
        select t.id, t.person_id, t.role, t.created_at, 2 from application_members t
        where t.application_id = ${applicationId} and t.ended_at is null
      ) e join people p on p.id = e.person_id
      order by p.id, e.strength
    ) team order by array_position(array['owner', 'admin'], role), name, person_id`)
  return rows.map((row) => ({
    memberId: row.id,
    personId: row.person_id,
    name: row.name,
    email: asker.mayManage ? row.email : null,
    role: row.role,
    since: new Date(row.since),
    isYou: row.person_id === asker.personId,
  }))
}

/** Who was in the team, who left last first. */
export async function listFormerMembers(db: Database, applicationId: string): Promise<FormerMember[]> {
  const rows = await db.execute<{
    id: string
    name: string
    role: ApplicationRole
    created_at: string
    ended_at: string
    left: boolean
  }>(sql`
    select t.id, p.name, t.role, t.created_at, t.ended_at, t.ended_by is not distinct from t.person_id as left
    from application_members t join people p on p.id = t.person_id
    where t.application_id = ${applicationId} and t.ended_at is not null
    order by t.ended_at desc, t.id limit 200`)
  return rows.map((row) => ({
    memberId: row.id,
    name: row.name,
    role: row.role,
    since: new Date(row.created_at),
    until: new Date(row.ended_at),
    left: row.left,
  }))
}

export type InvitationRow = {
  id: string
  email: string
  role: ApplicationRole
  invitedById: string
  invitedBy: string
  expiresAt: Date
  sends: number
  claimedBy: { personId: string; name: string; email: string } | null
}

/** Unanswered ones, newest first. */
export async function listInvitations(db: Database, applicationId: string): Promise<InvitationRow[]> {
  const rows = await db.execute<{
    id: string
    email: string
    role: ApplicationRole
    invited_by: string
    inviter: string
    expires_at: string
    sends: number
    claimed_by: string | null
    claimer: string | null
    claimer_email: string | null
  }>(sql`
    select i.id, i.email, i.role, i.invited_by, p.name as inviter, i.expires_at, i.sends,
      i.claimed_by, c.name as claimer, c.email as claimer_email
    from application_invitations i join people p on p.id = i.invited_by left join people c on c.id = i.claimed_by
    where i.application_id = ${applicationId} and ${UNANSWERED}
    order by i.created_at desc, i.id limit 200`)
  return rows.map((row) => ({
    id: row.id,
    email: row.email,
    role: row.role,
    invitedById: row.invited_by,
    invitedBy: row.inviter,
    expiresAt: new Date(row.expires_at),
    sends: row.sends,
    claimedBy:
      row.claimed_by === null
        ? null
        : { personId: row.claimed_by, name: row.claimer ?? '', email: row.claimer_email ?? '' },
  }))
}

type Received = ReceivedInvitation & { applicationId: string; invitedById: string }

/** Open ones, for whoever holds the link, or for the person who has the address. */
export async function listReceived(
  db: Database,
  by: { token?: string; personId: string | null },
  now: Date,
): Promise<Received[]> {
  const mine =
    by.token !== undefined
      ? sql`i.token_hash = ${sha256(by.token)} and (i.claimed_at is null or i.claimed_by = ${by.personId})`
      : sql`exists (select from people p where p.id = ${by.personId} and ${HAS_ADDRESS})`
  const rows = await db.execute<{
    id: string
    application_id: string
    application: string
    customer: string
    invited_by: string
    inviter: string
    role: ApplicationRole
    email: string
    expires_at: string
    is_claimed: boolean
  }>(sql`
    select i.id, i.application_id, a.name as application, c.name as customer, i.invited_by, q.name as inviter, i.role,
      i.email, i.expires_at, coalesce(i.claimed_by = ${by.personId}, false) as is_claimed
    from application_invitations i join applications a on a.id = i.application_id
    join customers c on c.id = a.customer_id join people q on q.id = i.invited_by
    where ${mine} and ${isOpen(now)}
    order by i.created_at desc, i.id limit 50`)
  return rows.map((row) => ({
    id: row.id,
    applicationId: row.application_id,
    applicationName: row.application,
    customerName: row.customer,
    invitedById: row.invited_by,
    invitedBy: row.inviter,
    role: row.role,
    email: row.email,
    expiresAt: new Date(row.expires_at),
    isClaimed: row.is_claimed,
  }))
}

export async function customerOf(db: Database, applicationId: string): Promise<string | null> {
  const [row] = await db.execute<{ customer_id: string }>(sql`
    select customer_id from applications where id = ${applicationId}`)
  return row?.customer_id ?? null
}

export type MailAddressee = { email: string; name: string; locale: string }

export async function findAddressee(db: Database, personId: string): Promise<MailAddressee | null> {
  const [row] = await db.execute<MailAddressee>(sql`select email, name, locale from people where id = ${personId}`)
  return row ? { email: row.email, name: row.name, locale: row.locale } : null
}
