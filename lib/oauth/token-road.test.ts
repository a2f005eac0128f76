import { eq, sql } from 'drizzle-orm'
import { afterAll, expect, test } from 'vitest'
import { aCustomer, anApplication, aPerson } from '@/db/factories'
import { applicationSecrets } from '@/db/schema/credentials'
import { connectReplica, testDatabase } from '@/db/testing'
import { newFamilyId, type Uuid } from '@/lib/core/new-family-id'
import { type Hex, newHexToken, sha256Hex } from '@/lib/core/secrets'
import { MINUTE } from '@/lib/core/time'
import { type IssueMember, tokenRoad } from './token-road'

const first = await testDatabase()
const second = await connectReplica(first.url)
afterAll(() => second.close())
const { db } = first
const owner = await aPerson(db)
const customer = await aCustomer(db, owner.id)

type Application = Awaited<ReturnType<typeof anApplication>>

function memberOf(application: Application): IssueMember & { accessToken: string } {
  const accessToken = newHexToken()
  return {
    accessToken,
    clientId: application.clientId as Hex,
    secretHash: sha256Hex(application.clientSecret),
    codeHash: '',
    familyId: newFamilyId(Date.now()),
    accessHash: sha256Hex(accessToken),
    refreshHash: sha256Hex(newHexToken()),
    now: new Date(),
  }
}

function validate(connected: typeof second, accessToken: string, now = new Date()) {
  return tokenRoad(connected).validate.submit({ accessHash: sha256Hex(accessToken), now })
}

test('a token is found from its issue to the end of its hour, and not a moment longer, wherever in a slot it was issued', async () => {
  const application = await anApplication(db, customer.id)
  const slot = Math.floor(Date.now() / (10 * MINUTE)) * 10 * MINUTE
  for (const issuedAt of [slot, slot + 1, slot + 5 * MINUTE, slot + 10 * MINUTE - 1]) {
    const member = { ...memberOf(application), now: new Date(issuedAt) }
    await tokenRoad(first).issue.application.submit(member)
    for (const age of [0, 1, 30 * MINUTE, 60 * MINUTE - 1]) {
      expect(await validate(second, member.accessToken, new Date(issuedAt + age))).toMatchObject({
        applicationId: application.id,
      })
    }
    expect(await validate(second, member.accessToken, new Date(issuedAt + 60 * MINUTE))).toBeNull()
  }
})

test('a revocation that commits between the snapshot of a batch and its insert still kills the token, on both replicas', async () => {
  const application = await anApplication(db, customer.id)
  // A trigger that waits for a lock holds the statement after its snapshot, before its row.
  await db.execute(sql`create function wait_for_test() returns trigger language plpgsql as $$
    begin perform pg_advisory_xact_lock(4242); return new; end $$`)
  await db.execute(
    sql`create trigger wait_for_test before insert on token_families for each row execute function wait_for_test()`,
  )
  const member = memberOf(application)
  let issued: Promise<{ allowed: boolean }> | undefined
  await second.db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(4242)`)
    issued = tokenRoad(first).issue.application.submit(member)
    for (;;) {
      const [row] = await tx.execute<{ waiting: boolean }>(
        sql`select exists (select 1 from pg_locks where locktype = 'advisory' and not granted and objid = 4242) as waiting`,
      )
      if (row?.waiting) break
      await new Promise((resolve) => setImmediate(resolve))
    }
    await db
      .update(applicationSecrets)
      .set({ revokedAt: new Date() })
      .where(eq(applicationSecrets.id, application.secretId))
  })
  expect((await issued)?.allowed).toBe(true)
  expect(await validate(first, member.accessToken)).toBeNull()
  expect(await validate(second, member.accessToken)).toBeNull()
  await db.execute(sql`drop trigger wait_for_test on token_families`)
})

test('a batch that is sent again after its reply was lost makes no second row', async () => {
  const application = await anApplication(db, customer.id)
  const member = memberOf(application)
  const outcomes = [
    await tokenRoad(first).issue.application.submit(member),
    await tokenRoad(second).issue.application.submit(member),
  ]
  expect(outcomes.map(({ allowed }) => allowed)).toEqual([true, true])
  const [row] = await db.execute<{ families: number; tokens: number }>(sql`
    select count(distinct f.id)::int as families, count(t.access_hash)::int as tokens
    from token_families f join access_tokens t on t.family_id = f.id where f.application_id = ${application.id}`)
  expect(row).toEqual({ families: 1, tokens: 1 })
})

test('a token issued on one replica is valid on the other at once, for its own application', async () => {
  const applications = await Promise.all([anApplication(db, customer.id), anApplication(db, customer.id)])
  const members = applications.map(memberOf)
  await Promise.all(members.map((member) => tokenRoad(first).issue.application.submit(member)))
  const tokens = await Promise.all(members.map((member) => validate(second, member.accessToken)))
  expect(tokens.map((token) => token?.applicationId)).toEqual(applications.map(({ id }) => id))
  expect(await validate(second, newHexToken())).toBeNull()
})

test('a member that PostgreSQL refuses fails alone', async () => {
  const application = await anApplication(db, customer.id)
  const good = Array.from({ length: 10 }, () => memberOf(application))
  const bad = { ...memberOf(application), clientId: 'nul\u0000' as Hex }
  const unsound = { ...memberOf(application), familyId: 'not a uuid' as Uuid }
  const outcomes = await Promise.allSettled(
    [...good.slice(0, 5), bad, unsound, ...good.slice(5)].map((member) =>
      tokenRoad(first).issue.application.submit(member),
    ),
  )
  expect(outcomes.map(({ status }) => status)).toEqual([
    ...Array.from({ length: 5 }, () => 'fulfilled'),
    ...['rejected', 'rejected'],
    ...Array.from({ length: 5 }, () => 'fulfilled'),
  ])
})
