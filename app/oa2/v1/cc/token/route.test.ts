import { eq, sql } from 'drizzle-orm'
import { afterAll, expect, test } from 'vitest'
import { setDatabase } from '@/db/client'
import { aCustomer, anApplication, aPerson } from '@/db/factories'
import { applicationEnvironments, applications } from '@/db/schema/applications'
import { applicationSecrets } from '@/db/schema/credentials'
import { connectReplica, testDatabase } from '@/db/testing'
import { callMachine } from '@/lib/http/testing'
import { tokenRoad } from '@/lib/oauth/token-road'
import { GET as status } from '../../status/route'
import { DELETE, POST, PUT } from './route'

const connected = await testDatabase()
const { db } = connected
const replica = await connectReplica(connected.url)
afterAll(() => replica.close())
const owner = await aPerson(db)
const customer = await aCustomer(db, owner.id)

type Application = Awaited<ReturnType<typeof anApplication>>
let addresses = 0
/** An address of its own per test: failures are counted per address. */
function anAddress(): string {
  addresses += 1
  return `192.0.2.${addresses}`
}

function issueBody(application: Application) {
  return {
    grant_type: 'client_credentials',
    client_id: application.clientId,
    client_secret: application.clientSecret,
    scope: 'app',
  }
}

async function issue(application: Application) {
  const answer = await callMachine(POST, { body: issueBody(application) })
  expect(answer.status).toBe(200)
  return answer.body as { token_type: string; access_token: string; expires_in: number; refresh_token: string }
}

function refresh(application: Application, pair: { access_token: string; refresh_token: string }) {
  return callMachine(PUT, {
    method: 'PUT',
    bearer: pair.access_token,
    body: { ...issueBody(application), grant_type: 'refresh_token', refresh_token: pair.refresh_token },
  })
}

async function isLive(accessToken: string): Promise<boolean> {
  const answer = await callMachine(status, { bearer: accessToken })
  if (answer.status === 200) expect(answer.body).toEqual({ status: 'UP' })
  else expect([answer.status, answer.body.code]).toEqual([401, 700])
  return answer.status === 200
}

test('a right key and secret get the four members of seed 004 and a token that works', async () => {
  const application = await anApplication(db, customer.id)
  const answer = await callMachine(POST, { body: issueBody(application) })
  expect(answer.status).toBe(200)
  expect(Object.keys(answer.body)).toEqual(['token_type', 'access_token', 'expires_in', 'refresh_token'])
  expect(answer.body).toMatchObject({ token_type: 'bearer', expires_in: 3600 })
  expect(answer.body.access_token).toMatch(/^[0-9a-f]{32}$/)
  expect(answer.body.refresh_token).toMatch(/^[0-9a-f]{32}$/)
  expect(answer.headers.get('cache-control')).toBe('no-store')
  expect(await isLive(answer.body.access_token as string)).toBe(true)
})

test('JSON is read whatever the Content-Type says, and form-encoding too', async () => {
  const application = await anApplication(db, customer.id)
  const form = new URLSearchParams(issueBody(application)).toString()
  const types = ['application/x-www-form-urlencoded', 'application/json', 'text/plain']
  for (const type of types) {
    const answer = await callMachine(POST, { body: issueBody(application), headers: { 'content-type': type } })
    expect(answer.status).toBe(200)
  }
  const answer = await callMachine(POST, {
    body: form,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  })
  expect(answer.status).toBe(200)
})

test('key and secret may come by HTTP Basic, but not twice', async () => {
  const application = await anApplication(db, customer.id)
  const basic = (secret: string) => `Basic ${Buffer.from(`${application.clientId}:${secret}`).toString('base64')}`
  const body = { grant_type: 'client_credentials', scope: 'app' }
  const right = { body, headers: { authorization: basic(application.clientSecret) } }
  expect((await callMachine(POST, right)).status).toBe(200)
  const wrong = await callMachine(POST, { body, headers: { authorization: basic('wrong') }, address: anAddress() })
  expect([wrong.status, wrong.body.code]).toEqual([401, 700])
  const twice = await callMachine(POST, { ...right, body: issueBody(application) })
  expect(twice.status).toBe(400)
})

test('every credential failure has the same answer', async () => {
  const application = await anApplication(db, customer.id)
  const other = await anApplication(db, customer.id)
  const body = issueBody(application)
  const wrong = [
    { ...body, client_secret: other.clientSecret },
    { ...body, client_secret: `${application.clientSecret}x` },
    { ...body, client_id: other.clientId },
    { ...body, client_id: '0'.repeat(32) },
    { ...body, client_id: 'not a key' },
    { ...body, client_secret: 'a\u0000b' },
  ]
  for (const attempt of wrong) {
    const answer = await callMachine(POST, { body: attempt, address: anAddress() })
    expect(answer.status).toBe(401)
    expect(answer.body).toEqual({ code: 700, message: 'Wrong credentials', request_id: 'test' })
  }
})

test('a malformed body is 400 and names the member', async () => {
  const body = { grant_type: 'client_credentials', client_id: 'a', client_secret: 'b', scope: 'app' }
  const cases: [unknown, string][] = [
    [{ ...body, grant_type: 'password' }, 'grant_type'],
    [{ ...body, client_id: 7 }, 'client_id'],
    [{ ...body, client_secret: undefined }, 'client_secret'],
    [{ ...body, client_secret: ['x'] }, 'client_secret'],
    [{ ...body, client_secret: '' }, 'client_secret'],
    [{ ...body, client_secret: 'x'.repeat(2000) }, 'client_secret'],
    [{ ...body, scope: 'admin' }, 'scope'],
    ['{"grant_type":"client_credentials","client_id":"a","client_id":"b"}', 'client_id'],
    ['{"client_id":"a","client\\u005fid":"b"}', 'client_id'],
    ['client_id=a&client_id=b', 'client_id'],
  ]
  for (const [attempt, member] of cases) {
    const answer = await callMachine(POST, {
      body: attempt,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
    expect([answer.status, answer.body.code], JSON.stringify(attempt)).toEqual([400, 400])
    expect(answer.body.message).toContain(member)
  }
  for (const attempt of ['{', '{"a":', '{}x', '{"a":1,}', '{"a":"\\', `{"a":${'['.repeat(100)}`]) {
    const answer = await callMachine(POST, { body: attempt })
    expect(answer.status, attempt).toBe(400)
  }
})

test('too large is 413, another content type 415', async () => {
  const large = await callMachine(POST, { body: `{"client_id":"${'x'.repeat(70_000)}"}` })
  expect(large.status).toBe(413)
  const xml = await callMachine(POST, { body: '<a/>', headers: { 'content-type': 'application/xml' } })
  expect(xml.status).toBe(415)
})

test('ten failures a minute are 401, the next 429 with Retry-After, and a right secret always passes', async () => {
  const application = await anApplication(db, customer.id)
  const address = anAddress()
  const attempt = (secret: string) =>
    callMachine(POST, { address, body: { ...issueBody(application), client_secret: secret } })
  const answers = await Promise.all(Array.from({ length: 12 }, () => attempt('wrong')))
  expect(answers.filter((answer) => answer.status === 401)).toHaveLength(10)
  const limited = answers.filter((answer) => answer.status === 429)
  expect(limited).toHaveLength(2)
  expect(limited[0]?.body).toEqual({ code: 700, message: 'Too many login attempts', request_id: 'test' })
  const retryAfter = Number(limited[0]?.headers.get('retry-after'))
  expect(retryAfter).toBeGreaterThan(0)
  expect(retryAfter).toBeLessThanOrEqual(60)
  expect((await attempt(application.clientSecret)).status).toBe(200)
  expect((await attempt('wrong')).status).toBe(429)
  const elsewhere = await callMachine(POST, {
    address: anAddress(),
    body: { ...issueBody(application), client_secret: 'x' },
  })
  expect(elsewhere.status).toBe(401)
})

test('addresses of one network of IPv6 are one address', async () => {
  const application = await anApplication(db, customer.id)
  const body = { ...issueBody(application), client_secret: 'wrong' }
  const attempt = (n: number) => callMachine(POST, { address: `2001:db8:5:5::${n.toString(16)}`, body })
  const answers = await Promise.all(Array.from({ length: 12 }, (_, n) => attempt(n)))
  expect(answers.filter(({ status }) => status === 429)).toHaveLength(2)
  expect((await callMachine(POST, { address: '2001:db8:5:6::1', body })).status).toBe(401)
})

test('with a right secret, wrong refresh tokens and reuse are failures like any other; a right request always passes', async () => {
  const application = await anApplication(db, customer.id)
  const address = anAddress()
  const put = async (pair: { access_token: string; refresh_token: string }) =>
    callMachine(PUT, {
      method: 'PUT',
      address,
      bearer: pair.access_token,
      body: { ...issueBody(application), grant_type: 'refresh_token', refresh_token: pair.refresh_token },
    })
  const used = await issue(application)
  await refresh(application, used)
  await db.execute(sql`update token_rotations set rotated_at = rotated_at - interval '31 seconds'
    where family_id in (select id from token_families where application_id = ${application.id})`)
  const pair = await issue(application)
  const wrong = Array.from({ length: 10 }, (_, i) => ({ ...pair, refresh_token: `${i}`.repeat(32) }))
  const statuses = (await Promise.all([used, used, ...wrong].map(put))).map((answer) => answer.status)
  expect(statuses.toSorted()).toEqual([...Array.from({ length: 10 }, () => 401), 429, 429])
  expect((await put({ ...pair, access_token: 'of no pair' })).status).toBe(429)
  expect((await put(pair)).status).toBe(200)
})

test('failures of one client are counted together, whichever replica they come to', async () => {
  const application = await anApplication(db, customer.id)
  const address = anAddress()
  const onReplica = async (attempt: () => Promise<{ status: number }>) => {
    setDatabase(replica)
    try {
      return await attempt()
    } finally {
      setDatabase(connected)
    }
  }
  const fail = () => callMachine(POST, { address, body: { ...issueBody(application), client_secret: 'wrong' } })
  const statuses: number[] = []
  for (let i = 0; i < 6; i++) statuses.push((await fail()).status, (await onReplica(fail)).status)
  expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429, 429])
  // At one moment from both, each replica counting in a statement of its own.
  const key = `client:${application.clientId}:${address}`
  const counts = await Promise.all(
    [connected, replica, connected, replica].map((one) => tokenRoad(one).countFailure.submit({ key, now: new Date() })),
  )
  expect(counts.map(({ failures }) => failures).toSorted()).toEqual([1, 2, 3, 4])
  expect((await onReplica(() => callMachine(POST, { address, body: issueBody(application) }))).status).toBe(200)
})

test('among many concurrent requests nobody gets the token of another', async () => {
  const mine = await Promise.all(Array.from({ length: 8 }, () => anApplication(db, customer.id)))
  const answers = await Promise.all(Array.from({ length: 200 }, (_, i) => issue(mine[i % 8] as Application)))
  expect(new Set(answers.flatMap((pair) => [pair.access_token, pair.refresh_token])).size).toBe(400)
  for (const [i, pair] of answers.entries()) {
    const other = mine[(i + 1) % 8] as Application
    if (i % 20 === 0) expect((await refresh(other, pair)).status).toBe(401)
  }
  const rows = await db.execute<{ application_id: string; n: number }>(
    sql`select application_id, count(*)::int as n from token_families where application_id in ${mine.map(({ id }) => id)} group by 1`,
  )
  expect(rows.map(({ n }) => n)).toEqual(Array.from({ length: 8 }, () => 25))
})

test('bad members among good ones fail alone', async () => {
  const application = await anApplication(db, customer.id)
  const answers = await Promise.all(
    Array.from({ length: 60 }, (_, i) => {
      if (i % 3 === 0)
        return callMachine(POST, { address: anAddress(), body: { ...issueBody(application), client_id: 'a\u0000' } })
      if (i % 3 === 1) return callMachine(POST, { body: { ...issueBody(application), scope: 1 } })
      return callMachine(POST, { body: issueBody(application) })
    }),
  )
  answers.forEach((answer, i) => {
    expect(answer.status).toBe([401, 400, 200][i % 3])
  })
})

test('a refresh gives a new pair and ends the old access token', async () => {
  const application = await anApplication(db, customer.id)
  const first = await issue(application)
  const answer = await refresh(application, first)
  expect(answer.status).toBe(200)
  expect(Object.keys(answer.body)).toEqual(['token_type', 'access_token', 'expires_in', 'refresh_token'])
  const second = answer.body as typeof first
  expect(second.access_token).not.toBe(first.access_token)
  expect(await isLive(first.access_token)).toBe(false)
  expect(await isLive(second.access_token)).toBe(true)
})

test('an expired access token still refreshes, and no longer works', async () => {
  const application = await anApplication(db, customer.id)
  const pair = await issue(application)
  await db.execute(sql`update access_tokens set expires_at = now() - interval '1 second'
    where family_id in (select id from token_families where application_id = ${application.id})`)
  expect(await isLive(pair.access_token)).toBe(false)
  expect((await refresh(application, pair)).status).toBe(200)
})

test('of concurrent refreshes with one token one moves the family and all get the same new pair', async () => {
  const application = await anApplication(db, customer.id)
  const pair = await issue(application)
  const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(application, pair)))
  expect(answers.map((answer) => answer.status)).toEqual(Array.from({ length: 20 }, () => 200))
  expect(new Set(answers.map((answer) => answer.body.access_token)).size).toBe(1)
  expect(new Set(answers.map((answer) => answer.body.refresh_token)).size).toBe(1)
  expect(await isLive(answers[0]?.body.access_token as string)).toBe(true)
})

test('a refresh token used again after 30 s is refused and its family dies, with an audit row', async () => {
  const application = await anApplication(db, customer.id)
  const first = await issue(application)
  const second = (await refresh(application, first)).body as typeof first
  await db.execute(sql`update token_rotations set rotated_at = rotated_at - interval '31 seconds'
    where family_id in (select id from token_families where application_id = ${application.id})`)
  expect((await refresh(application, first)).status).toBe(401)
  expect(await isLive(second.access_token)).toBe(false)
  expect((await refresh(application, second)).status).toBe(401)
  const events = await db.execute<{ data: { reason: string } }>(
    sql`select data from audit_events where action = 'token-family.revoked' and application_id = ${application.id}`,
  )
  expect(events.map(({ data }) => data.reason)).toEqual(['refresh-token-reused'])
})

test('a refresh needs the access token of its pair, the right secret and the right application', async () => {
  const application = await anApplication(db, customer.id)
  const other = await anApplication(db, customer.id)
  const pair = await issue(application)
  const elsewhere = await issue(application)
  const attempts = [
    refresh(application, { ...pair, access_token: elsewhere.access_token }),
    refresh(application, { ...pair, access_token: '' }),
    refresh(other, pair),
    refresh({ ...application, clientSecret: other.clientSecret }, pair),
    refresh(application, { ...pair, refresh_token: pair.access_token }),
  ]
  for (const answer of await Promise.all(attempts)) expect([answer.status, answer.body.code]).toEqual([401, 700])
  expect((await refresh(application, pair)).status).toBe(200)
})

test('DELETE ends the family, refresh token included', async () => {
  const application = await anApplication(db, customer.id)
  const pair = await issue(application)
  const answer = await callMachine(DELETE, { method: 'DELETE', bearer: pair.access_token })
  expect([answer.status, answer.body]).toEqual([204, {}])
  expect(await isLive(pair.access_token)).toBe(false)
  expect((await refresh(application, pair)).status).toBe(401)
  expect((await callMachine(DELETE, { method: 'DELETE', bearer: pair.access_token })).status).toBe(401)
})

test('a revoked secret stops working at once, with the tokens it minted unless its revocation spares them', async () => {
  for (const keepsTokens of [false, true]) {
    const application = await anApplication(db, customer.id)
    const pair = await issue(application)
    await db
      .update(applicationSecrets)
      .set({ revokedAt: new Date(), keepsTokens })
      .where(eq(applicationSecrets.id, application.secretId))
    expect(await isLive(pair.access_token)).toBe(keepsTokens)
    const answer = await callMachine(POST, { body: issueBody(application), address: anAddress() })
    expect(answer.status).toBe(401)
  }
})

test('a suspended application gets nothing and its tokens rest; resumed, they work again', async () => {
  const application = await anApplication(db, customer.id)
  const pair = await issue(application)
  await db.update(applications).set({ suspendedAt: new Date() }).where(eq(applications.id, application.id))
  expect(await isLive(pair.access_token)).toBe(false)
  expect((await callMachine(POST, { body: issueBody(application), address: anAddress() })).status).toBe(401)
  await db.update(applications).set({ suspendedAt: null }).where(eq(applications.id, application.id))
  expect(await isLive(pair.access_token)).toBe(true)
})

test('Family A is closed to profile fapi2', async () => {
  const application = await anApplication(db, customer.id)
  const pair = await issue(application)
  await db
    .update(applicationEnvironments)
    .set({ profile: 'fapi2' })
    .where(eq(applicationEnvironments.applicationId, application.id))
  expect((await callMachine(POST, { body: issueBody(application), address: anAddress() })).status).toBe(401)
  expect(await isLive(pair.access_token)).toBe(false)
})
