import { eq, sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { aCustomer, anAccount, anApplication, aPerson } from '@/db/factories'
import { connections } from '@/db/schema/connections'
import { memberships } from '@/db/schema/customers'
import { testDatabase } from '@/db/testing'
import { newWireId } from '@/lib/core/ids'
import { newHexToken, sha256 } from '@/lib/core/secrets'
import { callMachine } from '@/lib/http/testing'
import { POST as issueForApplication } from '../../cc/token/route'
import { GET as status } from '../../status/route'
import { DELETE, POST, PUT } from './route'

const { db } = await testDatabase()
const owner = await aPerson(db)
const customer = await aCustomer(db, owner.id)
const account = await anAccount(db, customer.id)

type Application = Awaited<ReturnType<typeof anApplication>>
type Pair = { access_token: string; refresh_token: string }

async function aConnection(application: Application, grantedBy: string | null = owner.id) {
  const id = newWireId('connection')
  const code = newHexToken()
  await db.insert(connections).values({
    id,
    applicationId: application.id,
    environment: 'sandbox',
    accountId: account.id,
    customerId: customer.id,
    grantedBy,
    grantedAt: new Date(),
    codeHash: sha256(code),
    codeHint: code.slice(-5),
    codeSealed: Buffer.from('sealed'),
    codeSealedUntil: new Date(Date.now() + 600_000),
  })
  return { id, code }
}

function bodyOf(application: Application, code: string) {
  return {
    grant_type: 'authorization_code',
    code,
    client_id: application.clientId,
    client_secret: application.clientSecret,
    scope: 'app',
  }
}

function exchange(application: Application, code: string) {
  return callMachine(POST, { body: bodyOf(application, code) })
}

function refresh(application: Application, pair: Pair) {
  const { code: _code, ...body } = bodyOf(application, '')
  return callMachine(PUT, {
    method: 'PUT',
    bearer: pair.access_token,
    body: { ...body, grant_type: 'refresh_token', refresh_token: pair.refresh_token },
  })
}

function remove(pair: Pair) {
  return callMachine(DELETE, { method: 'DELETE', bearer: pair.access_token })
}

test('wrong connection codes are counted like wrong secrets, and the right one always passes', async () => {
  const application = await anApplication(db, customer.id)
  const { code } = await aConnection(application)
  const attempt = async (tried: string) =>
    (await callMachine(POST, { address: '192.0.2.201', body: bodyOf(application, tried) })).status
  const statuses = await Promise.all(Array.from({ length: 12 }, () => attempt(newHexToken())))
  expect(statuses.toSorted()).toEqual([...Array.from({ length: 10 }, () => 401), 429, 429])
  expect(await attempt(code)).toBe(200)
  expect(await attempt(newHexToken())).toBe(429)
})

test('a connection code is exchanged again and again, and its sealed copy goes with the first exchange', async () => {
  const application = await anApplication(db, customer.id)
  const { id, code } = await aConnection(application)
  const first = await exchange(application, code)
  expect(first.status).toBe(200)
  expect(Object.keys(first.body)).toEqual(['token_type', 'access_token', 'expires_in', 'refresh_token'])
  expect((await exchange(application, code)).status).toBe(200)
  const [row] = await db.select({ sealed: connections.codeSealed }).from(connections).where(eq(connections.id, id))
  expect(row?.sealed).toBeNull()
})

test('the code of another application, or no code of ours, is 401/700 like every other failure', async () => {
  const application = await anApplication(db, customer.id)
  const other = await anApplication(db, customer.id)
  const { code } = await aConnection(application)
  for (const answer of [await exchange(other, code), await exchange(application, newHexToken())]) {
    expect([answer.status, answer.body.code, answer.body.message]).toEqual([401, 700, 'Wrong credentials'])
  }
})

test('after revocation the code and all its tokens answer 401/700 on the next call', async () => {
  const application = await anApplication(db, customer.id)
  const { id, code } = await aConnection(application)
  const pair = (await exchange(application, code)).body as Pair
  const second = (await exchange(application, code)).body as Pair
  const renewed = (await refresh(application, second)).body as Pair
  await db.update(connections).set({ revokedAt: new Date() }).where(eq(connections.id, id))
  const answers = [
    await exchange(application, code),
    await refresh(application, pair),
    await refresh(application, second), // within its 30 s: still dead
    await remove(renewed),
    await remove(pair),
  ]
  for (const answer of answers) expect([answer.status, answer.body.code]).toEqual([401, 700])
})

test('a connection rests while whoever granted it is no owner of the customer', async () => {
  const application = await anApplication(db, customer.id)
  const leaver = await aPerson(db)
  await db
    .insert(memberships)
    .values({ id: `mem_${leaver.id}`, personId: leaver.id, customerId: customer.id, role: 'owner' })
  const { code } = await aConnection(application, leaver.id)
  expect((await exchange(application, code)).status).toBe(200)
  await db.update(memberships).set({ endedAt: new Date() }).where(eq(memberships.personId, leaver.id))
  expect((await exchange(application, code)).status).toBe(401)
})

test('application tokens and connection tokens do not stand in for each other', async () => {
  const application = await anApplication(db, customer.id)
  const { code } = await aConnection(application)
  const connected = (await exchange(application, code)).body as Pair
  const { code: _code, ...body } = bodyOf(application, '')
  const plain = (await callMachine(issueForApplication, { body: { ...body, grant_type: 'client_credentials' } }))
    .body as Pair
  expect((await callMachine(status, { bearer: connected.access_token })).status).toBe(401)
  expect((await refresh(application, plain)).status).toBe(401)
  expect((await remove(plain)).status).toBe(401)
  expect((await remove(connected)).status).toBe(204)
  expect((await callMachine(status, { bearer: plain.access_token })).status).toBe(200)
})

test('of many concurrent first exchanges each gets its own pair', async () => {
  const application = await anApplication(db, customer.id)
  const { code } = await aConnection(application)
  const answers = await Promise.all(Array.from({ length: 30 }, () => exchange(application, code)))
  expect(answers.every((answer) => answer.status === 200)).toBe(true)
  expect(new Set(answers.map((answer) => answer.body.access_token)).size).toBe(30)
  const [row] = await db.execute<{ n: number }>(
    sql`select count(*)::int as n from token_families where application_id = ${application.id}`,
  )
  expect(row?.n).toBe(30)
})
