import { and, asc, desc, eq, inArray, isNull, type SQL, sql } from 'drizzle-orm'
import type { Database, Transaction } from '@/db/client'
import { applicationEnvironments, applications, callbacks } from '@/db/schema/applications'
import { customers } from '@/db/schema/customers'
import type { Environment } from '@/lib/core/secrets'
import { CALLBACK_LIMIT, type ParsedCallback } from './callback'
import {
  APPLICATIONS_PER_PAGE,
  type Application,
  type ApplicationEnvironment,
  type Profile,
  type PublicApplication,
} from './schema'

export type HeldEnvironment = { applicationId: string; customerId: string; clientId: string; name: string }

/** `customerId` null: any Customer's, for the command line. */
export type Tenant = { customerId: string | null }

// Ids come from addresses too: what cannot be one is not asked for, a NUL least of all.
const ID = /^\w{1,64}$/

function ofTenant({ customerId }: Tenant): SQL | undefined {
  return customerId === null ? undefined : eq(applications.customerId, customerId)
}

const APPLICATION = {
  id: applications.id,
  customerId: applications.customerId,
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

/** By its id or by one of its Application Keys. */
export async function findApplication(
  db: Database,
  tenant: Tenant,
  idOrKey: string,
): Promise<Omit<Application, 'environments'> | null> {
  if (!ID.test(idOrKey)) return null
  const byKey = db
    .select({ id: applicationEnvironments.applicationId })
    .from(applicationEnvironments)
    .where(eq(applicationEnvironments.clientId, idOrKey))
  const [row] = await db
    .select(APPLICATION)
    .from(applications)
    .where(
      and(
        ofTenant(tenant),
        idOrKey.startsWith('app_') ? eq(applications.id, idOrKey) : inArray(applications.id, byKey),
      ),
    )
  return row ?? null
}

export async function countOfCustomer(db: Database, customerId: string): Promise<number> {
  const [row] = await db
    .select({ n: sql<number>`count(*)::int` })
    .from(applications)
    .where(eq(applications.customerId, customerId))
  return row?.n ?? 0
}

export async function listOfCustomer(
  db: Database,
  customerId: string,
  page: number,
): Promise<Omit<Application, 'environments'>[]> {
  return db
    .select(APPLICATION)
    .from(applications)
    .where(eq(applications.customerId, customerId))
    .orderBy(desc(applications.createdAt), asc(applications.id))
    .limit(APPLICATIONS_PER_PAGE)
    .offset((page - 1) * APPLICATIONS_PER_PAGE)
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
  tenant: Tenant,
  applicationId: string,
  values: { name: string; description: string; logo?: Buffer | null },
): Promise<boolean> {
  const rows = await tx
    .update(applications)
    .set(values)
    .where(and(eq(applications.id, applicationId), ofTenant(tenant)))
    .returning({ id: applications.id })
  return rows.length === 1
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

/** Locks the row with the lock that foreign keys do not wait for; null where there is none within the tenant. */
export async function lockEnvironment(
  tx: Transaction,
  tenant: Tenant,
  idOrKey: string,
  environment: Environment,
): Promise<HeldEnvironment | null> {
  const [row] = await tx.execute<{ id: string; customer_id: string; client_id: string; name: string }>(sql`
    select a.id, a.customer_id, e.client_id, a.name from application_environments e
    join applications a on a.id = e.application_id
    where (a.id = ${idOrKey} or e.client_id = ${idOrKey}) and e.environment = ${environment}
      and (${tenant.customerId}::text is null or a.customer_id = ${tenant.customerId})
    for no key update of e`)
  return row ? { applicationId: row.id, customerId: row.customer_id, clientId: row.client_id, name: row.name } : null
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

/** The callback, and whether this call removed it; null where there never was one within the tenant. */
export async function removeCallback(
  tx: Transaction,
  tenant: Tenant,
  applicationId: string,
  callbackId: string,
  now: Date,
): Promise<{ removed: boolean; url: string; environment: string } | null> {
  const within = and(
    eq(callbacks.id, callbackId),
    inArray(
      callbacks.applicationId,
      tx
        .select({ id: applications.id })
        .from(applications)
        .where(and(eq(applications.id, applicationId), ofTenant(tenant))),
    ),
  )
  const columns = { url: callbacks.url, environment: callbacks.environment }
  const [changed] = await tx
    .update(callbacks)
    .set({ removedAt: now })
    .where(and(within, isNull(callbacks.removedAt)))
    .returning(columns)
  if (changed) return { removed: true, ...changed }
  const [gone] = await tx.select(columns).from(callbacks).where(within)
  return gone ? { removed: false, ...gone } : null
}

/** The profile it had, or null where there is no such environment within the tenant. */
export async function replaceProfile(
  tx: Transaction,
  tenant: Tenant,
  applicationId: string,
  environment: Environment,
  profile: Profile,
): Promise<Profile | null> {
  const rows = await tx.execute<{ before: Profile }>(sql`
    update application_environments e set profile = ${profile}
    from (
      select e.application_id, e.environment, e.profile as before from application_environments e
      join applications a on a.id = e.application_id
      where e.application_id = ${applicationId} and e.environment = ${environment}
        and (${tenant.customerId}::text is null or a.customer_id = ${tenant.customerId})
      for no key update of e
    ) held
    where e.application_id = held.application_id and e.environment = held.environment
    returning held.before`)
  return rows[0]?.before ?? null
}
