import { eq, sql } from 'drizzle-orm'
import { afterAll, expect, test } from 'vitest'
import { aCustomer, anAccount, anApplication, aPerson } from '@/db/factories'
import { connections } from '@/db/schema/connections'
import { applicationSecrets } from '@/db/schema/credentials'
import { connectReplica, testDatabase } from '@/db/testing'
import { newId, newWireId } from '@/lib/core/ids'
import { newFamilyId, type Uuid } from '@/lib/core/new-family-id'
import { type Hex, newApplicationSecret, newHexToken, sha256, sha256Hex } from '@/lib/core/secrets'
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

/**
 * What `statement` comes to when `meanwhile` commits after its snapshot and before its row: a trigger that waits for a lock
 * holds it there.
 */
async function held<Outcome>(
  event: 'insert' | 'update',
  statement: () => Promise<Outcome>,
  meanwhile: () => PromiseLike<unknown>,
): Promise<Outcome> {
  await db.execute(sql`create or replace function wait_for_test() returns trigger language plpgsql as $$
    begin perform pg_advisory_xact_lock(4242); return new; end $$`)
  await db.execute(
    sql`create trigger wait_for_test before ${sql.raw(event)} on token_families for each row execute function wait_for_test()`,
  )
  let outcome: Promise<Outcome> | undefined
  await second.db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(4242)`)
    outcome = statement()
    for (;;) {
      const [row] = await tx.execute<{ waiting: boolean }>(
        sql`select exists (select 1 from pg_locks where locktype = 'advisory' and not granted and objid = 4242) as waiting`,
      )
      if (row?.waiting) break
      await new Promise((resolve) => setImmediate(resolve))
    }
    await meanwhile()
  })
  const settled = await (outcome as Promise<Outcome>)
  await db.execute(sql`drop trigger wait_for_test on token_families`)
  return settled
}

function revokeSecret(id: string) {
  return db.update(applicationSecrets).set({ revokedAt: new Date() }).where(eq(applicationSecrets.id, id))
}

test('a revocation that commits between the snapshot of a batch and its insert still kills the token, on both replicas', async () => {
  const application = await anApplication(db, customer.id)
  const member = memberOf(application)
  const issued = await held(
    'insert',
    () => tokenRoad(first).issue.application.submit(member),
    () => revokeSecret(application.secretId),
  )
  expect(issued.allowed).toBe(true)
  expect(await validate(first, member.accessToken)).toBeNull()
  expect(await validate(second, member.accessToken)).toBeNull()
})

test('so does the revocation of a Connection, for a token of its code', async () => {
  const application = await anApplication(db, customer.id)
  const account = await anAccount(db, customer.id)
  const [id, code] = [newWireId('connection'), newHexToken()]
  await db.insert(connections).values({
    ...{ id, applicationId: application.id, environment: 'sandbox', accountId: account.id, customerId: customer.id },
    ...{ grantedBy: owner.id, grantedAt: new Date(), codeHash: sha256(code), codeHint: code.slice(-5) },
  })
  const withCode = () => ({ ...memberOf(application), codeHash: sha256Hex(code) })
  const before = withCode()
  expect((await tokenRoad(first).issue.connection.submit(before)).connectionId).toBe(id)
  expect(await validate(second, before.accessToken)).toMatchObject({ connectionId: id })
  const member = withCode()
  const issued = await held(
    'insert',
    () => tokenRoad(first).issue.connection.submit(member),
    () => db.update(connections).set({ revokedAt: new Date() }).where(eq(connections.id, id)),
  )
  expect(issued.allowed).toBe(true)
  for (const replica of [first, second]) {
    for (const { accessToken } of [before, member]) expect(await validate(replica, accessToken)).toBeNull()
  }
  expect((await tokenRoad(second).issue.connection.submit(withCode())).allowed).toBe(false)
})

/** A family minted by one secret, and its refresh by a second one that is live too. */
async function refreshedBySecond() {
  const application = await anApplication(db, customer.id)
  const other = newApplicationSecret('sandbox')
  await db.insert(applicationSecrets).values({
    ...{ id: newId('secret'), applicationId: application.id, environment: 'sandbox' },
    ...{ secretHash: other.hash, hint: other.hint },
  })
  const minted = memberOf(application)
  await tokenRoad(first).issue.application.submit(minted)
  const accessToken = newHexToken()
  const refresh = {
    clientId: minted.clientId,
    secretHash: sha256Hex(other.plaintext),
    oldRefreshHash: minted.refreshHash,
    oldAccessHash: minted.accessHash,
    newRefreshHash: sha256Hex(newHexToken()),
    newAccessHash: sha256Hex(accessToken),
    successorSealed: sha256Hex('sealed'),
    now: new Date(),
  }
  return { application, minted, accessToken, refresh }
}

// ADR-0026
test('a refresh by another secret that began before the minting one was revoked takes the family over', async () => {
  const { application, minted, accessToken, refresh } = await refreshedBySecond()
  const moved = await held(
    'update',
    () => tokenRoad(first).refresh.application.submit(refresh),
    () => revokeSecret(application.secretId),
  )
  expect(moved.allowed).toBe(true)
  expect(await validate(second, minted.accessToken)).toBeNull()
  expect(await validate(second, accessToken)).toMatchObject({ applicationId: application.id })
})

test('a refresh by another secret that comes after the minting one was revoked finds the family dead', async () => {
  const { application, minted, accessToken, refresh } = await refreshedBySecond()
  await revokeSecret(application.secretId)
  const refused = await tokenRoad(second).refresh.application.submit(refresh)
  expect(refused).toMatchObject({ allowed: false, applicationId: application.id })
  for (const token of [minted.accessToken, accessToken]) expect(await validate(first, token)).toBeNull()
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

test('a member that is there twice is served once, and its neighbors are served', async () => {
  const application = await anApplication(db, customer.id)
  const [repeated, ...neighbors] = Array.from({ length: 6 }, () => memberOf(application))
  if (!repeated) throw new Error('no member')
  const issue = tokenRoad(first).issue.application
  const issued = await Promise.all(
    [...neighbors.slice(0, 3), repeated, repeated, ...neighbors.slice(3)].map((member) => issue.submit(member)),
  )
  expect(issued.map(({ allowed }) => allowed)).toEqual(Array.from({ length: 7 }, () => true))
  const [row] = await db.execute<{ families: number; tokens: number }>(sql`
    select count(distinct f.id)::int as families, count(t.access_hash)::int as tokens
    from token_families f join access_tokens t on t.family_id = f.id where f.application_id = ${application.id}`)
  expect(row).toEqual({ families: 6, tokens: 6 })

  const refreshOf = (member: typeof repeated) => ({
    ...{ clientId: member.clientId, secretHash: member.secretHash, now: new Date() },
    ...{ oldRefreshHash: member.refreshHash, oldAccessHash: member.accessHash },
    ...{ newRefreshHash: sha256Hex(newHexToken()), newAccessHash: sha256Hex(newHexToken()) },
    successorSealed: sha256Hex('sealed'),
  })
  const refresh = tokenRoad(first).refresh.application
  const refreshed = await Promise.all(
    [...neighbors, repeated, repeated].map((member) => refresh.submit(refreshOf(member))),
  )
  expect(refreshed.map(({ allowed }) => allowed)).toEqual([...neighbors.map(() => true), true, false])
})
