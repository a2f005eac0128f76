import { and, count, desc, eq, isNotNull, ne, or, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { people, pushSubscriptions } from '@/db/schema/people'
import { settings } from '@/db/schema/settings'
import type { SubscribedDevice } from './schema'

const t = pushSubscriptions

/** Keeps the value that came first; two replicas that start at once end with the same one. */
export async function keepSetting(db: Database, name: string, sealed: Buffer): Promise<void> {
  await db.insert(settings).values({ name, sealed }).onConflictDoNothing()
}

export async function findSetting(db: Database, name: string): Promise<Buffer | null> {
  const [row] = await db.select({ sealed: settings.sealed }).from(settings).where(eq(settings.name, name))
  return row?.sealed ?? null
}

/** Null when the very same subscription is there already. */
export async function upsertSubscription(
  db: Database,
  row: { id: string; personId: string; endpoint: string; p256dh: string; auth: string; userAgent: string },
): Promise<string | null> {
  const { personId, p256dh, auth, userAgent } = row
  // An endpoint is one browser: whoever signed in there last gets its notices.
  const [kept] = await db
    .insert(t)
    .values(row)
    .onConflictDoUpdate({
      target: t.endpoint,
      // A new owner gets a new id: what is still queued for the one before finds nobody.
      set: {
        id: sql`case when ${t.personId} = excluded.person_id then ${t.id} else excluded.id end`,
        personId,
        p256dh,
        auth,
        userAgent,
        failedAt: null,
      },
      setWhere: or(ne(t.personId, personId), ne(t.p256dh, p256dh), ne(t.auth, auth), isNotNull(t.failedAt)),
    })
    .returning({ id: t.id })
  return kept?.id ?? null
}

export async function findOwnSubscriptionId(db: Database, personId: string, endpoint: string): Promise<string | null> {
  const [row] = await db
    .select({ id: t.id })
    .from(t)
    .where(and(eq(t.personId, personId), eq(t.endpoint, endpoint)))
  return row?.id ?? null
}

export async function countOtherSubscriptions(db: Database, personId: string, endpoint: string): Promise<number> {
  const [row] = await db
    .select({ count: count() })
    .from(t)
    .where(and(eq(t.personId, personId), ne(t.endpoint, endpoint)))
  return row?.count ?? 0
}

export async function listSubscriptions(db: Database, personId: string): Promise<SubscribedDevice[]> {
  return db
    .select({
      id: t.id,
      userAgent: t.userAgent,
      createdAt: t.createdAt,
      lastUsedAt: t.lastUsedAt,
      failedAt: t.failedAt,
    })
    .from(t)
    .where(eq(t.personId, personId))
    .orderBy(desc(t.createdAt), t.id)
}

export async function deleteOwnSubscription(
  db: Database,
  personId: string,
  which: { id: string } | { endpoint: string },
): Promise<string | null> {
  const [row] = await db
    .delete(t)
    .where(and(eq(t.personId, personId), 'id' in which ? eq(t.id, which.id) : eq(t.endpoint, which.endpoint)))
    .returning({ id: t.id })
  return row?.id ?? null
}

export async function findSubscription(db: Database, id: string) {
  const [row] = await db
    .select({ id: t.id, personId: t.personId, endpoint: t.endpoint, p256dh: t.p256dh, auth: t.auth })
    .from(t)
    .where(eq(t.id, id))
  return row ?? null
}

/** Removes what the push service calls gone, unless the browser has subscribed anew in the meantime. */
export async function deleteGoneSubscription(db: Database, id: string, auth: string): Promise<boolean> {
  const rows = await db
    .delete(t)
    .where(and(eq(t.id, id), eq(t.auth, auth)))
    .returning({ id: t.id })
  return rows.length > 0
}

export async function markDelivered(db: Database, id: string, now: Date): Promise<void> {
  await db.update(t).set({ lastUsedAt: now, failedAt: null }).where(eq(t.id, id))
}

export async function markFailed(db: Database, id: string, now: Date): Promise<void> {
  await db
    .update(t)
    .set({ failedAt: sql`coalesce(${t.failedAt}, ${now.toISOString()}::timestamptz)` })
    .where(eq(t.id, id))
}

export async function findLocale(db: Database, personId: string): Promise<string> {
  const [row] = await db.select({ locale: people.locale }).from(people).where(eq(people.id, personId))
  return row?.locale ?? 'en'
}
