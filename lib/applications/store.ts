import { and, asc, desc, eq, inArray, isNull, type SQL, sql } from 'drizzle-orm'
import type { Database, Transaction } from '@/db/client'
import { applicationEnvironments, applications, callbacks } from '@/db/schema/applications'
import { applicationKeys } from '@/db/schema/credentials'
import { customers } from '@/db/schema/customers'
import type { ApplicationRole } from '@/lib/access/permissions'
import { assert } from '@/lib/core/errors'
import type { Environment } from '@/lib/core/secrets'
import { CALLBACK_LIMIT, type ParsedCallback } from './callback'
import {
  APPLICATIONS_PER_PAGE,
  type Application,
  type ApplicationEnvironment,
  type Profile,
  type PublicApplication,
  type Scope,
} from './schema'

export type FoundApplication = Omit<Application, 'environments'>

export type HeldEnvironment = {
  applicationId: string
  customerId: string
  clientId: string
  name: string
  role: ApplicationRole
}

export type Addressee = { personId: string; email: string; name: string; locale: 'en' | 'it' }

/** The person who asks, and whom they act for; null: the command line, which sees and does everything. */
export type Asker = { personId: string; customerId: string | null } | null

// Ids come from addresses too: what cannot be one is not asked for, a NUL least of all.
const ID = /^\w{1,64}$/

/**
 * The asker's role for the row of `applications` in the statement around it; null where they have none. An owner of its
 * business is its owner, whatever the team says; a viewer has the role that the team gives them, if any.
 */
function roleOf(asker: Asker): SQL<ApplicationRole | null> {
  if (asker === null) return sql`'owner'::text`
  const membership = sql`from memberships m where m.person_id = ${asker.personId} and m.customer_id = ${asker.customerId}
    and m.customer_id = applications.customer_id and m.ended_at is null`
  return sql`case when exists (select ${membership} and m.role = 'owner') then 'owner' else coalesce(
    (select t.role from application_members t
      where t.application_id = applications.id and t.person_id = ${asker.personId} and t.ended_at is null),
    (select 'analyst' ${membership})
  ) end`
}

/** What the asker has a role for: every statement that reads or locks an application for somebody has this condition. */
function isSeenBy(asker: Asker): SQL | undefined {
  return asker === null ? undefined : sql`${roleOf(asker)} is not null`
}

const APPLICATION = {
  id: applications.id,
  customerId: applications.customerId,
  customerName: sql<string>`(select c.name from customers c where c.id = applications.customer_id)`,
  name: applications.name,
  description: applications.description,
  hasLogo: sql<boolean>`${applications.logo} is not null`,
  suspendedAt: applications.suspendedAt,
  suspendedReason: applications.suspendedReason,
  createdAt: applications.createdAt,
}

export async function insertApplication(tx: Transaction, row: typeof applications.$inferInsert): Promise<void> {
  await tx.insert(applications).values(row)
}

export async function insertEnvironment(
  tx: Transaction,
  row: typeof applicationEnvironments.$inferInsert,
): Promise<void> {
  await tx.insert(applicationEnvironments).values(row)
}

/** An Application Key that has ended names nothing, like one that never was. */
const keyIsLive = sql`(${applicationKeys.endsAt} is null or ${applicationKeys.endsAt} > now())`

/** By its id or by one of its live Application Keys. */
export async function findApplication(db: Database, asker: Asker, idOrKey: string): Promise<FoundApplication | null> {
  if (!ID.test(idOrKey)) return null
  const byKey = db
    .select({ id: applicationKeys.applicationId })
    .from(applicationKeys)
    .where(and(eq(applicationKeys.clientId, idOrKey), keyIsLive))
  const [row] = await db
    .select({ ...APPLICATION, role: sql<ApplicationRole>`${roleOf(asker)}` })
    .from(applications)
    .where(
      and(isSeenBy(asker), idOrKey.startsWith('app_') ? eq(applications.id, idOrKey) : inArray(applications.id, byKey)),
    )
  return row ?? null
}

/** The two ways to a role, each by its own index. */
function ofPerson(asker: NonNullable<Asker>): SQL {
  return sql`applications.id in (
    select id from applications where customer_id = ${asker.customerId}
    union select application_id from application_members where person_id = ${asker.personId} and ended_at is null
  ) and ${isSeenBy(asker)}`
}

export async function countForPerson(db: Database, asker: NonNullable<Asker>): Promise<number> {
  const [row] = await db.select({ n: sql<number>`count(*)::int` }).from(applications).where(ofPerson(asker))
  return row?.n ?? 0
}

export async function listForPerson(
  db: Database,
  asker: NonNullable<Asker>,
  page: number,
): Promise<FoundApplication[]> {
  return db
    .select({ ...APPLICATION, role: sql<ApplicationRole>`${roleOf(asker)}` })
    .from(applications)
    .where(ofPerson(asker))
    .orderBy(desc(applications.createdAt), asc(applications.id))
    .limit(APPLICATIONS_PER_PAGE)
    .offset((page - 1) * APPLICATIONS_PER_PAGE)
}

/** Everybody who has one of the roles for the application; people who were disabled are left out. */
export async function listPeopleInRoles(
  db: Database,
  applicationId: string,
  roles: readonly ApplicationRole[],
): Promise<Addressee[]> {
  const rows = await db.execute<{ id: string; email: string; name: string; locale: string }>(sql`
    select p.id, p.email, p.name, p.locale from people p
    join (
      select distinct on (person_id) person_id, role from (
        select m.person_id, case m.role when 'owner' then 'owner' else 'analyst' end as role,
          case m.role when 'owner' then 1 else 3 end as strength
        from memberships m join applications a on a.customer_id = m.customer_id
        where a.id = ${applicationId} and m.ended_at is null
        union all
        select t.person_id, t.role, 2 from application_members t
        where t.application_id = ${applicationId} and t.ended_at is null
      ) every_role order by person_id, strength
    ) team on team.person_id = p.id
    where p.disabled_at is null and team.role = any(${sql.param([...roles])}::text[])
    order by p.name, p.id`)
  return rows.map(({ id, email, name, locale }) => ({
    personId: id,
    email,
    name,
    locale: locale === 'it' ? 'it' : 'en',
  }))
}

/** Environments of applications that were read within the tenant before. */
export async function listEnvironments(
  db: Database,
  applicationIds: string[],
): Promise<Map<string, ApplicationEnvironment[]>> {
  const found = new Map<string, ApplicationEnvironment[]>(applicationIds.map((id) => [id, []]))
  if (applicationIds.length === 0) return found
  const rows = await db
    .select({
      applicationId: applicationEnvironments.applicationId,
      environment: applicationEnvironments.environment,
      clientId: applicationEnvironments.clientId,
      profile: applicationEnvironments.profile,
      mtlsRequired: applicationEnvironments.mtlsRequired,
      scopes: applicationEnvironments.scopes,
    })
    .from(applicationEnvironments)
    .where(inArray(applicationEnvironments.applicationId, applicationIds))
    .orderBy(desc(applicationEnvironments.environment)) // sandbox first
  const live = await db
    .select({
      applicationId: callbacks.applicationId,
      environment: callbacks.environment,
      id: callbacks.id,
      url: callbacks.url,
      host: callbacks.host,
      createdAt: callbacks.createdAt,
    })
    .from(callbacks)
    .where(and(inArray(callbacks.applicationId, applicationIds), isNull(callbacks.removedAt)))
    .orderBy(asc(callbacks.createdAt), asc(callbacks.id))
  for (const { applicationId, ...row } of rows) {
    found.get(applicationId)?.push({
      ...row,
      environment: row.environment as Environment,
      profile: row.profile as Profile,
      callbacks: live
        .filter((callback) => callback.applicationId === applicationId && callback.environment === row.environment)
        .map(({ id, url, host, createdAt }) => ({ id, url, host, createdAt })),
    })
  }
  return found
}

export async function findPublic(db: Database, applicationId: string): Promise<PublicApplication | null> {
  if (!ID.test(applicationId)) return null
  const [row] = await db
    .select({
      id: applications.id,
      name: applications.name,
      description: applications.description,
      hasLogo: APPLICATION.hasLogo,
      ownerName: sql<string | null>`case when ${customers.nameVerifiedAt} is not null then ${customers.name} end`,
      suspended: sql<boolean>`${applications.suspendedAt} is not null`,
    })
    .from(applications)
    .innerJoin(customers, eq(customers.id, applications.customerId))
    .where(eq(applications.id, applicationId))
  return row ?? null
}

export async function findLogo(db: Database, applicationId: string): Promise<Buffer | null> {
  if (!ID.test(applicationId)) return null
  const [row] = await db
    .select({ logo: applications.logo })
    .from(applications)
    .where(eq(applications.id, applicationId))
  return row?.logo ?? null
}

/** `logo` undefined leaves it as it is. */
export async function updateApplication(
  tx: Transaction,
  applicationId: string,
  values: { name: string; description: string; logo?: Buffer | null },
): Promise<void> {
  await tx.update(applications).set(values).where(eq(applications.id, applicationId))
}

/** Whether this call changed something: of two at once, one does. */
export async function setSuspended(
  tx: Transaction,
  applicationId: string,
  suspended: { at: Date; reason: string | null } | null,
): Promise<boolean> {
  const rows = await tx
    .update(applications)
    .set({ suspendedAt: suspended?.at ?? null, suspendedReason: suspended?.reason ?? null })
    .where(
      and(
        eq(applications.id, applicationId),
        suspended ? isNull(applications.suspendedAt) : sql`${applications.suspendedAt} is not null`,
      ),
    )
    .returning({ id: applications.id })
  return rows.length === 1
}

/** Locks the row with the lock that foreign keys do not wait for; null where the asker has no role. */
export async function lockEnvironment(
  tx: Transaction,
  asker: Asker,
  idOrKey: string,
  environment: Environment,
): Promise<HeldEnvironment | null> {
  if (!ID.test(idOrKey)) return null
  const isNamed = idOrKey.startsWith('app_')
    ? sql`e.application_id = ${idOrKey}`
    : sql`e.application_id = (
        select application_keys.application_id from application_keys
        where application_keys.client_id = ${idOrKey} and application_keys.environment = ${environment} and ${keyIsLive})`
  const [row] = await tx.execute<{
    id: string
    customer_id: string
    client_id: string
    name: string
    role: ApplicationRole
  }>(sql`
    select applications.id, applications.customer_id, e.client_id, applications.name, ${roleOf(asker)} as role
    from application_environments e join applications on applications.id = e.application_id
    where e.environment = ${environment} and ${isNamed} and ${isSeenBy(asker) ?? sql`true`}
    for no key update of e`)
  if (!row) return null
  return {
    applicationId: row.id,
    customerId: row.customer_id,
    clientId: row.client_id,
    name: row.name,
    role: row.role,
  }
}

/** Waits for whoever holds the application; locks nothing that the asker has no role for. */
export async function lockApplication(tx: Transaction, asker: Asker, applicationId: string): Promise<void> {
  if (!ID.test(applicationId)) return
  await tx
    .select({ id: applications.id })
    .from(applications)
    .where(and(eq(applications.id, applicationId), isSeenBy(asker)))
    .for('no key update')
}

/** Within `holdEnvironment`, so that of two at once neither exceeds the limit. */
export async function insertCallback(
  tx: Transaction,
  row: ParsedCallback & {
    id: string
    applicationId: string
    environment: string
    createdBy: string | null
    createdAt: Date
  },
): Promise<'added' | 'exists' | 'limit'> {
  const counted = await tx.execute<{ same: boolean; live: number }>(sql`
    select coalesce(bool_or(url = ${row.url}), false) as same, count(*)::int as live from callbacks
    where application_id = ${row.applicationId} and environment = ${row.environment} and removed_at is null`)
  if (counted[0]?.same) return 'exists'
  if ((counted[0]?.live ?? 0) >= CALLBACK_LIMIT) return 'limit'
  await tx.insert(callbacks).values(row)
  return 'added'
}

/** Where a callback belongs, removed or not, for the verb to decide who may touch it. */
export async function findCallback(
  tx: Transaction,
  applicationId: string,
  callbackId: string,
): Promise<{ url: string; environment: Environment } | null> {
  const [row] = await tx
    .select({ url: callbacks.url, environment: sql<Environment>`${callbacks.environment}` })
    .from(callbacks)
    .where(and(eq(callbacks.id, callbackId), eq(callbacks.applicationId, applicationId)))
  return row ?? null
}

/** Whether this call removed it. */
export async function removeCallback(tx: Transaction, callbackId: string, now: Date): Promise<boolean> {
  const rows = await tx
    .update(callbacks)
    .set({ removedAt: now })
    .where(and(eq(callbacks.id, callbackId), isNull(callbacks.removedAt)))
    .returning({ id: callbacks.id })
  return rows.length === 1
}

/** The profile it had. Within `holdEnvironment`, so that what was read is what is replaced. */
export async function replaceProfile(
  tx: Transaction,
  applicationId: string,
  environment: Environment,
  profile: Profile,
): Promise<Profile> {
  const within = and(
    eq(applicationEnvironments.applicationId, applicationId),
    eq(applicationEnvironments.environment, environment),
  )
  const [before] = await tx
    .select({ profile: sql<Profile>`${applicationEnvironments.profile}` })
    .from(applicationEnvironments)
    .where(within)
  assert(before, 'the environment is held')
  await tx.update(applicationEnvironments).set({ profile }).where(within)
  return before.profile
}

export async function countOfBusiness(tx: Transaction, customerId: string): Promise<number> {
  return tx.$count(applications, eq(applications.customerId, customerId))
}

/** Those it had. Within `holdEnvironment`, as above. */
export async function replaceScopes(
  tx: Transaction,
  applicationId: string,
  environment: Environment,
  scopes: Scope[],
): Promise<string[]> {
  const within = and(
    eq(applicationEnvironments.applicationId, applicationId),
    eq(applicationEnvironments.environment, environment),
  )
  const [before] = await tx
    .select({ scopes: applicationEnvironments.scopes })
    .from(applicationEnvironments)
    .where(within)
  assert(before, 'the environment is held')
  await tx.update(applicationEnvironments).set({ scopes }).where(within)
  return before.scopes
}
