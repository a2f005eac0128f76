import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { aConsent, aCustomer, anApplication, aPerson } from '@/db/factories'
import type { consents } from '@/db/schema/consents'
import { testDatabase } from '@/db/testing'
import { firstFamilyIdAt, newFamilyId } from '@/lib/core/new-family-id'
import { addDays } from '@/lib/core/time'
import { sweepTokens } from './sweep-tokens'

const { db } = await testDatabase()
const now = new Date()

async function aFamily(madeDaysAgo: number, consentId: string | null = null): Promise<string> {
  const made = addDays(now, -madeDaysAgo)
  const id = newFamilyId(made.getTime())
  await db.execute(sql`
    insert into token_families (id, application_id, environment, secret_id, consent_id, refresh_key, refresh_hash, access_hash, expires_at, created_at)
    values (${id}, 'app_x', 'sandbox', 'sec_x', ${consentId}, 1, sha256(${id}::bytea), sha256(${`a${id}`}::bytea), ${addDays(made, 180).toISOString()}::timestamptz, ${made.toISOString()}::timestamptz)`)
  await db.execute(sql`
    insert into token_rotations (refresh_hash, family_id, access_hash, rotated_at, successor_sealed)
    values (sha256(${`r${id}`}::bytea), ${id}, sha256('x'), ${made.toISOString()}::timestamptz, 'sealed')`)
  return id
}

test('families that have ended go with their used tokens; live ones keep theirs, without the sealed successor', async () => {
  const ended = await aFamily(182)
  const living = await aFamily(100)
  const fresh = await aFamily(0)
  await sweepTokens(db, now)
  const families = await db.execute<{ id: string }>(sql`select id from token_families order by id`)
  expect(families.map(({ id }) => id)).toEqual([living, fresh])
  const rotations = await db.execute<{ family_id: string; sealed: boolean }>(
    sql`select family_id, successor_sealed is not null as sealed from token_rotations order by family_id`,
  )
  expect([...rotations]).toEqual([
    { family_id: living, sealed: false },
    { family_id: fresh, sealed: true },
  ])
  expect(ended < living).toBe(true)
})

test('a family stays as long as its consent, which may have been renewed', async () => {
  const application = await anApplication(db, (await aCustomer(db, (await aPerson(db)).id)).id)
  const given = async (values: Partial<typeof consents.$inferInsert>) => {
    const person = await aPerson(db)
    const customer = await aCustomer(db, person.id)
    return (await aConsent(db, application, { personId: person.id, customerId: customer.id }, values)).id
  }
  const renewed = await aFamily(182, await given({ expiresAt: addDays(now, 170) }))
  await aFamily(182, await given({ expiresAt: addDays(now, -2) }))
  await aFamily(182, await given({ expiresAt: addDays(now, 170), revokedAt: now }))
  await sweepTokens(db, now)
  const families = await db.execute<{ id: string }>(sql`select id from token_families where consent_id is not null`)
  expect(families.map(({ id }) => id)).toEqual([renewed])
})

test('families of client credentials, which nothing refreshes, go a day after their end, by an index of theirs', async () => {
  const brief = async (endedDaysAgo: number) => {
    const id = newFamilyId(addDays(now, -endedDaysAgo).getTime() - 3_600_000)
    await db.execute(sql`
      insert into token_families (id, application_id, environment, secret_id, scopes, access_hash, expires_at, created_at)
      values (${id}, 'app_brief', 'sandbox', 'sec_x', '{app}', sha256(${`a${id}`}::bytea),
        ${addDays(now, -endedDaysAgo).toISOString()}::timestamptz, ${now.toISOString()}::timestamptz)`)
    return id
  }
  await brief(1.01)
  await brief(30)
  const lately = await brief(0.99)
  const living = await brief(-0.01)
  const refreshed = await aFamily(100)
  await sweepTokens(db, now)
  const left = await db.execute<{ id: string }>(sql`
    select id from token_families where application_id = 'app_brief' or id = ${refreshed} order by id`)
  expect(left.map(({ id }) => id)).toEqual([refreshed, lately, living])
  const [index] = await db.execute<{ indexdef: string }>(
    sql`select indexdef from pg_indexes where indexname = 'token_families_brief'`,
  )
  // Family A's have a refresh token: they are not in it.
  expect(index?.indexdef).toContain('WHERE ((refresh_key IS NULL) AND (consent_id IS NULL))')
})

test('an id tells its time: none made later is smaller', () => {
  expect(newFamilyId(1000) >= firstFamilyIdAt(1000)).toBe(true)
  expect(newFamilyId(999) < firstFamilyIdAt(1000)).toBe(true)
})
