import { eq, sql } from 'drizzle-orm'
import { beforeEach, expect, test, vi } from 'vitest'
import { aConsent, aCustomer, anApplication, anAuthorizationCode, aPerson } from '@/db/factories'
import { applications } from '@/db/schema/applications'
import { consents } from '@/db/schema/consents'
import { applicationSecrets } from '@/db/schema/credentials'
import { memberships } from '@/db/schema/customers'
import { testDatabase } from '@/db/testing'
import { newHexToken } from '@/lib/core/secrets'
import { usageReporter } from '@/lib/credentials/mark-usage'
import { usesIn24Hours } from '@/lib/credentials/uses-in-24-hours'
import { log } from '@/lib/log/log'
import { callOauth } from '@/lib/oauth/testing/call-oauth'
import { POST as introspectRoute } from '../introspect/route'
import { POST } from './route'

const { db } = await testDatabase()
const owner = await aPerson(db)
const customer = await aCustomer(db, owner.id)
const refusals = vi.spyOn(log(), 'info')
beforeEach(() => void refusals.mockClear())

type Application = Awaited<ReturnType<typeof anApplication>>
type Pair = { access_token: string; refresh_token: string; expires_in: number; scope: string }

function token(parameters: Record<string, string> | string, init: Parameters<typeof callOauth>[3] = {}) {
  return callOauth(POST, '/oauth2/token', parameters, { address: newHexToken(), ...init })
}

function lastReason(): string {
  const entries = refusals.mock.calls.map(([entry]) => entry as unknown as { detail?: string })
  return entries.at(-1)?.detail ?? ''
}

function anApp(profile: 'legacy' | 'standard' | 'fapi2' = 'standard') {
  return anApplication(db, customer.id, { profile, scopes: ['psd2-ais', 'psd2-pis'] })
}

async function aCode(application: Application, options: Parameters<typeof anAuthorizationCode>[3] = {}) {
  const person = await aPerson(db)
  const business = await aCustomer(db, person.id)
  const consent = await aConsent(db, application, { personId: person.id, customerId: business.id })
  const made = await anAuthorizationCode(db, application, [consent], options)
  return { ...made, consent, person, business }
}

type Code = Awaited<ReturnType<typeof aCode>>

function exchange(application: Application, code: Code, other: Record<string, string> = {}) {
  const parameters = {
    grant_type: 'authorization_code',
    code: code.code,
    redirect_uri: code.redirectUri,
    code_verifier: code.verifier,
    ...other,
  }
  return token(parameters, { basic: application })
}

async function aPair(application: Application): Promise<Pair & { code: Code }> {
  const code = await aCode(application)
  return { ...((await exchange(application, code)).body as Pair), code }
}

function refresh(application: Application, refreshToken: string, other: Record<string, string> = {}) {
  return token({ grant_type: 'refresh_token', refresh_token: refreshToken, ...other }, { basic: application })
}

async function isLive(application: Application, accessToken: string): Promise<boolean> {
  const answer = await callOauth(introspectRoute, '/oauth2/introspect', { token: accessToken }, { basic: application })
  return answer.body.active as boolean
}

test('client credentials: a token of the application itself, for what it subscribed to, without a refresh token', async () => {
  const application = await anApp()
  const answer = await token({ grant_type: 'client_credentials' }, { basic: application })
  expect(answer.status).toBe(200)
  expect(Object.keys(answer.body)).toEqual(['token_type', 'access_token', 'expires_in', 'scope'])
  expect(answer.body).toMatchObject({ token_type: 'Bearer', expires_in: 3600, scope: 'app' })
  expect(answer.headers.get('cache-control')).toBe('no-store')
  expect(await isLive(application, answer.body.access_token as string)).toBe(true)
  const wide = await token({ grant_type: 'client_credentials', scope: 'app psd2-ais' }, { basic: application })
  expect(wide.body.scope).toBe('app psd2-ais')
  for (const scope of ['connect-ais', 'psd2-ais connect-ais', '"', ' ']) {
    const refused = await token({ grant_type: 'client_credentials', scope }, { basic: application })
    expect([refused.status, refused.body.error]).toEqual([400, 'invalid_scope'])
  }
})

test('the key and the secret come by Basic, encoded or not, in a form or in JSON; the key as a GUID too', async () => {
  const { clientId, clientSecret } = await anApp('legacy')
  const dashed = clientId.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  const raw = (text: string) => ({ headers: { authorization: `Basic ${Buffer.from(text).toString('base64')}` } })
  const grant = { grant_type: 'client_credentials' }
  const json = { headers: { 'content-type': 'application/json' } }
  const answers = [
    await token(grant, raw(`${clientId}:${clientSecret}`)),
    await token(grant, raw(`${clientId}:${clientSecret.replaceAll('_', '%5F')}`)),
    await token(grant, raw(`${dashed}:${clientSecret}`)),
    await token({ ...grant, client_id: clientId }, raw(`${clientId}:${clientSecret}`)),
    await token({ ...grant, client_id: clientId, client_secret: clientSecret }),
    await token({ ...grant, client_id: dashed.toUpperCase(), client_secret: clientSecret }),
    await token(JSON.stringify({ ...grant, client_id: clientId, client_secret: clientSecret }), json),
    await token(JSON.stringify({ ...grant, client_id: clientId, client_secret: clientSecret })),
  ]
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
})

test('whatever is wrong with the client has one answer; the log knows better', async () => {
  const application = await anApp()
  const other = await anApp()
  const suspended = await anApp()
  await db.update(applications).set({ suspendedAt: new Date() }).where(eq(applications.id, suspended.id))
  const fapi = await anApp('fapi2')
  const cases: [Parameters<typeof token>[1], string][] = [
    [{ basic: { ...application, clientSecret: other.clientSecret } }, 'no live secret of this key fits'],
    [{ basic: { ...application, clientId: newHexToken() } }, 'no application has this key'],
    [{ basic: { ...application, clientId: 'nobody' } }, 'no application has this key'],
    [{ basic: suspended }, 'the application is suspended'],
    [{ basic: fapi }, 'client_secret_basic is not for profile fapi2'],
    [{ headers: { authorization: 'Bearer abc' } }, 'the Authorization header is not Basic'],
    [{}, 'no client authentication'],
    [{ headers: { authorization: 'Basic ' } }, 'the Authorization header is not Basic'],
  ]
  const bodies = new Set<string>()
  for (const [init, reason] of cases) {
    const answer = await token({ grant_type: 'client_credentials' }, init)
    expect([answer.status, answer.body.error]).toEqual([401, 'invalid_client'])
    expect(answer.headers.get('www-authenticate')).toMatch(/^Basic /)
    expect(lastReason()).toBe(reason)
    bodies.add(JSON.stringify(answer.body))
  }
  expect([...bodies]).toEqual(['{"error":"invalid_client","error_description":"Wrong credentials"}'])
})

test('a client that is named but shows nothing is counted as one that shows something wrong', async () => {
  const { clientId } = await anApp()
  const sent = { grant_type: 'client_credentials', client_id: clientId }
  for (const wrong of [{}, { client_assertion_type: 'x' }, { client_assertion: 'x' }] as Record<string, string>[]) {
    const address = newHexToken()
    const answers = []
    for (let i = 0; i < 11; i++) answers.push((await token({ ...sent, ...wrong }, { address })).status)
    expect(answers).toEqual([...Array(10).fill(401), 429])
  }
})

test('ten failures a minute from one address, then 429; a right secret always passes', async () => {
  const application = await anApp()
  const wrong = { basic: { ...application, clientSecret: 'wrong' }, address: '192.0.2.7' }
  for (let i = 0; i < 10; i++) expect((await token({ grant_type: 'client_credentials' }, wrong)).status).toBe(401)
  const throttled = await token({ grant_type: 'client_credentials' }, wrong)
  expect([throttled.status, throttled.body.error]).toEqual([429, 'invalid_client'])
  expect(Number(throttled.headers.get('retry-after'))).toBeGreaterThan(0)
  const right = await token({ grant_type: 'client_credentials' }, { basic: application, address: '192.0.2.7' })
  expect(right.status).toBe(200)
})

test('a malformed request is 400 invalid_request and says which parameter', async () => {
  const { clientId, clientSecret } = await anApp()
  const basic = { basic: { clientId, clientSecret } }
  const secret = `client_id=${clientId}&client_secret=${clientSecret}`
  const cases: [Record<string, string> | string, Parameters<typeof token>[1], RegExp][] = [
    [{}, basic, /grant_type is missing/],
    ['grant_type=client_credentials&grant_type=refresh_token', basic, /more than once/],
    [`grant_type=client_credentials&${secret}&client_id=${clientId}`, {}, /more than once/],
    [`grant_type=client_credentials&${secret}`, basic, /one way only/],
    [{ grant_type: 'client_credentials', client_id: newHexToken() }, basic, /another client/],
    ['grant_type=client_credentials&scope=%zz', basic, /percent-encoding/],
    ['grant_type=client_credentials&scope=%ff', basic, /percent-encoding/],
    ['grant_type=client_credentials&scope=a%0d%0ab', basic, /scope holds characters/],
    ['grant_type=client_credentials&scope=%00', basic, /scope holds characters/],
    [{ grant_type: 'client_credentials', scope: 'a'.repeat(5000) }, basic, /scope is too long/],
    ['grant_type=client_credentials&%0d%0a=1', basic, /name of a parameter/],
    [Array.from({ length: 70 }, (_, i) => `p${i}=1`).join('&'), basic, /too many/],
    [{ grant_type: 'authorization_code', code: 'x' }, basic, /redirect_uri is missing/],
    [{ grant_type: 'authorization_code', redirect_uri: 'https://a.example' }, basic, /code is missing/],
    [
      {
        grant_type: 'authorization_code',
        code: 'x',
        redirect_uri: 'https://a.example',
        redirect_url: 'https://b.example',
      },
      basic,
      /differ/,
    ],
    [
      { grant_type: 'authorization_code', code: 'x', redirect_uri: 'https://a.example', code_verifier: 'short' },
      basic,
      /code_verifier/,
    ],
    [{ grant_type: 'refresh_token' }, basic, /refresh_token is missing/],
    ['{"grant_type":"client_credentials","scope":1}', basic, /scope is not a text/],
    ['{"grant_type":"client_credentials","grant_type":"refresh_token"}', basic, /more than once/],
    ['{"grant_type":', basic, /not a valid JSON object/],
  ]
  for (const [parameters, init, description] of cases) {
    const answer = await token(parameters, init)
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_request'])
    expect(answer.body.error_description).toMatch(description)
    expect(answer.body.error_description).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/)
  }
  const grant = await token({ grant_type: 'password' }, basic)
  expect([grant.status, grant.body.error]).toEqual([400, 'unsupported_grant_type'])
  const big = await token(`grant_type=client_credentials&x=${'a'.repeat(70_000)}`, basic)
  expect([big.status, big.body.error]).toEqual([413, 'invalid_request'])
  const xml = await token('<a/>', { ...basic, headers: { 'content-type': 'text/xml' } })
  expect([xml.status, xml.body.error]).toEqual([415, 'invalid_request'])
  const query = await callOauth(POST, '/oauth2/token?client_secret=x', { grant_type: 'client_credentials' }, basic)
  expect([query.status, query.body.error]).toEqual([400, 'invalid_request'])
})

test('a code is exchanged for a pair of its consent, with the scopes that were granted', async () => {
  for (const profile of ['standard', 'legacy'] as const) {
    const application = await anApp(profile)
    const code = await aCode(application)
    const answer = await exchange(application, code)
    expect(answer.status).toBe(200)
    expect(Object.keys(answer.body)).toEqual(['token_type', 'access_token', 'expires_in', 'refresh_token', 'scope'])
    expect(answer.body).toMatchObject({ token_type: 'Bearer', scope: 'psd2-ais' })
    expect(await isLive(application, answer.body.access_token as string)).toBe(true)
  }
})

test('redirect_url is as good as redirect_uri; a flow code needs no verifier', async () => {
  const application = await anApp('legacy')
  const code = await aCode(application, { request: { kind: 'flow', codeChallenge: null } })
  const parameters = { grant_type: 'authorization_code', code: code.code, redirect_url: code.redirectUri }
  expect((await token(parameters, { basic: application })).status).toBe(200)
})

test('several Customers of one visit: a token each', async () => {
  const application = await anApp()
  const person = await aPerson(db)
  const given = []
  for (let i = 0; i < 3; i++) {
    const business = await aCustomer(db, person.id)
    given.push(await aConsent(db, application, { personId: person.id, customerId: business.id }))
  }
  const code = await anAuthorizationCode(db, application, given)
  const answer = await exchange(application, { ...code } as Code)
  const additional = answer.body.additional_tokens as (Pair & { consent_id: string })[]
  expect(additional.map(({ consent_id }) => consent_id)).toEqual(given.slice(1).map(({ id }) => id))
  for (const pair of [answer.body as Pair, ...additional]) {
    expect(await isLive(application, pair.access_token)).toBe(true)
    expect((await refresh(application, pair.refresh_token)).status).toBe(200)
  }
})

test('of two payments allowed one after the other each code mints its own, whichever comes first', async () => {
  const paymentTo = (creditorName: string) => [
    {
      type: 'payment_initiation',
      instructedAmount: { currency: 'EUR', amount: 100 },
      creditorName,
      creditorAccount: { iban: 'IT60X0542811101000000123456' },
    },
  ]
  const application = await anApp()
  for (const order of [
    [0, 1],
    [1, 0],
  ]) {
    const person = await aPerson(db)
    const business = await aCustomer(db, person.id)
    const given = { personId: person.id, customerId: business.id }
    const payments = [paymentTo('A'), paymentTo('B')]
    // The consent of the pair holds what was asked last.
    const consent = await aConsent(db, application, given, { authorizationDetails: payments[1] as never })
    const codes = []
    for (const authorizationDetails of payments) {
      codes.push(await anAuthorizationCode(db, application, [consent], { request: { authorizationDetails } }))
    }
    codes.push(await anAuthorizationCode(db, application, [consent]))
    for (const n of [...order, 2]) {
      const { body } = await exchange(application, codes[n] as Code)
      expect(body.authorization_details).toEqual(payments[n])
      const seen = await callOauth(
        introspectRoute,
        '/oauth2/introspect',
        { token: body.access_token as string },
        { basic: application },
      )
      expect(seen.body.authorization_details).toEqual(payments[n])
    }
  }
})

test('every grant that is not good has one answer; the log says why, and the code stays good', async () => {
  const application = await anApp()
  const other = await anApp()
  const code = await aCode(application)
  const plain = await aCode(application, { request: { codeChallenge: null } })
  const expired = await aCode(application, { code: { expiresAt: new Date(Date.now() - 1) } })
  const bound = await aCode(application, { request: { jwkThumbprint: Buffer.alloc(32, 1) } })
  const certified = await aCode(application, { request: { certificateSha256: Buffer.alloc(32, 1) } })
  const ended = await aCode(application)
  await db.update(consents).set({ revokedAt: new Date() }).where(eq(consents.id, ended.consent.id))
  const left = await aCode(application)
  await db.update(memberships).set({ endedAt: new Date() }).where(eq(memberships.personId, left.person.id))
  const cases: [() => ReturnType<typeof exchange>, string][] = [
    [() => exchange(other, code), 'the code is of another client'],
    [() => exchange(application, code, { redirect_uri: `${code.redirectUri}/` }), 'redirect_uri is not that'],
    [() => exchange(application, code, { code_verifier: 'a'.repeat(43) }), 'code_verifier does not fit'],
    [() => exchange(application, code, { code_verifier: '' }), 'code_verifier is missing'],
    [() => exchange(application, plain), 'a code_verifier for a request without code_challenge'],
    [() => exchange(application, code, { code: code.verifier }), 'there is no such code'],
    [() => exchange(application, code, { code: 'x' }), 'the code is not one of ours'],
    [() => exchange(application, expired), 'the code has expired'],
    [() => exchange(application, bound), 'the code is bound to another DPoP key'],
    [() => exchange(application, certified), 'the code is bound to another certificate'],
    [() => exchange(application, ended), 'the consent has ended'],
    [() => exchange(application, left), 'the consent has ended'],
    [() => refresh(application, 'x'), 'the refresh token is not one of ours'],
    [() => refresh(application, code.verifier), 'the refresh token is unknown'],
  ]
  const descriptions = new Set<unknown>()
  for (const [call, reason] of cases) {
    const answer = await call()
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_grant'])
    expect(lastReason()).toContain(reason)
    descriptions.add(answer.body.error_description)
  }
  expect(descriptions.size).toBe(1)
  expect((await exchange(application, code)).status).toBe(200)
})

test('of fifty exchanges at once one wins', async () => {
  const application = await anApp()
  const code = await aCode(application)
  const answers = await Promise.all(Array.from({ length: 50 }, () => exchange(application, code)))
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  expect(answers.filter(({ body }) => body.error === 'invalid_grant')).toHaveLength(49)
  const [row] = await db.execute<{ n: number }>(
    sql`select count(*)::int as n from token_families where application_id = ${application.id}`,
  )
  expect(row?.n).toBe(1)
})

test('a code that comes back ends what it minted, writes it down and tells the owner', async () => {
  const application = await anApp()
  const code = await aCode(application)
  const pair = (await exchange(application, code)).body as Pair
  const newer = (await refresh(application, pair.refresh_token)).body as Pair
  expect((await exchange(application, code)).body.error).toBe('invalid_grant')
  expect(lastReason()).toBe('the code was used before: what it minted is revoked')
  expect(await isLive(application, newer.access_token)).toBe(false)
  expect((await refresh(application, newer.refresh_token)).body.error).toBe('invalid_grant')
  expect(await eventsOf(application)).toEqual(['code-reused'])
  expect(await mailsAbout(application)).toBe(1)
})

async function eventsOf(application: Application): Promise<string[]> {
  const rows = await db.execute<{ data: { reason: string } }>(
    sql`select data from audit_events where action = 'token-family.revoked' and application_id = ${application.id}`,
  )
  return rows.map(({ data }) => data.reason)
}

async function mailsAbout(application: Application): Promise<number> {
  const [row] = await db.execute<{ n: number }>(
    sql`select count(*)::int as n from pgboss.job where name = 'mail' and data::text like ${`%${application.name}”%`}`,
  )
  return row?.n ?? 0
}

test('a refresh gives a new pair and ends the old access token', async () => {
  const application = await anApp()
  const pair = await aPair(application)
  const answer = await refresh(application, pair.refresh_token)
  expect(Object.keys(answer.body)).toEqual(['token_type', 'access_token', 'expires_in', 'refresh_token', 'scope'])
  expect(answer.body.refresh_token).not.toBe(pair.refresh_token)
  expect(await isLive(application, pair.access_token)).toBe(false)
  expect(await isLive(application, answer.body.access_token as string)).toBe(true)
})

test('of fifty refreshes at once one moves the family and all get the same pair', async () => {
  const application = await anApp()
  const pair = await aPair(application)
  const answers = await Promise.all(Array.from({ length: 50 }, () => refresh(application, pair.refresh_token)))
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
  expect(new Set(answers.map(({ body }) => `${body.access_token} ${body.refresh_token}`)).size).toBe(1)
  expect(await isLive(application, answers[0]?.body.access_token as string)).toBe(true)
})

test('within its 30 s a used refresh token reports what is left of the lifetime; after them its family dies', async () => {
  const application = await anApp()
  const pair = await aPair(application)
  const first = (await refresh(application, pair.refresh_token)).body as Pair
  const moveBack = (seconds: number) =>
    db.execute(sql`update token_rotations set rotated_at = rotated_at - make_interval(secs => ${seconds})
      where family_id in (select id from token_families where application_id = ${application.id})`)
  await moveBack(20)
  const again = (await refresh(application, pair.refresh_token)).body as Pair
  expect([again.access_token, again.refresh_token]).toEqual([first.access_token, first.refresh_token])
  expect(again.expires_in).toBeLessThanOrEqual(3580)
  await moveBack(11)
  expect((await refresh(application, pair.refresh_token)).body.error).toBe('invalid_grant')
  expect(await isLive(application, first.access_token)).toBe(false)
  expect(await eventsOf(application)).toEqual(['refresh-token-reused'])
  expect(await mailsAbout(application)).toBe(1)
})

test('a refresh token is its client’s alone, and grants no more than was granted', async () => {
  const application = await anApp()
  const other = await anApp()
  const pair = await aPair(application)
  expect((await refresh(other, pair.refresh_token)).body.error).toBe('invalid_grant')
  expect((await refresh(application, pair.refresh_token, { scope: 'psd2-ais psd2-pis' })).body.error).toBe(
    'invalid_scope',
  )
  const answer = await refresh(application, pair.refresh_token, { scope: 'psd2-ais' })
  expect([answer.status, answer.body.scope]).toEqual([200, 'psd2-ais'])
  expect((await refresh(other, pair.refresh_token)).body.error).toBe('invalid_grant')
})

test('who asks for more than was granted keeps the refresh token: nothing has moved', async () => {
  const application = await anApp()
  const other = await anApp()
  const pair = await aPair(application)
  const left = async (scopes: string[]) =>
    db.update(consents).set({ scopes }).where(eq(consents.id, pair.code.consent.id))
  for (const scope of ['psd2-ais psd2-pis', 'app', 'psd2-ais unknown', '{}', 'a"b']) {
    const answer = await refresh(application, pair.refresh_token, { scope })
    expect([answer.status, answer.body.error], scope).toEqual([400, 'invalid_scope'])
    expect((await refresh(other, pair.refresh_token, { scope })).status).toBe(400)
  }
  await left(['psd2-pis'])
  expect((await refresh(application, pair.refresh_token, { scope: 'psd2-ais' })).body.error).toBe('invalid_scope')
  await left(['psd2-ais'])
  expect((await refresh(other, pair.refresh_token, { scope: 'psd2-pis' })).body.error).toBe('invalid_grant')
  expect(await isLive(application, pair.access_token)).toBe(true)
  const rotations = await db.execute(sql`select 1 from token_rotations r join token_families f on f.id = r.family_id
    where f.application_id = ${application.id}`)
  expect(rotations).toHaveLength(0)
  const answer = await refresh(application, pair.refresh_token, { scope: 'psd2-ais' })
  expect([answer.status, answer.body.scope]).toEqual([200, 'psd2-ais'])
  const again = await refresh(application, pair.refresh_token, { scope: 'psd2-pis' })
  expect([again.status, again.body.error]).toEqual([400, 'invalid_scope'])
  expect((await refresh(application, pair.refresh_token)).body.refresh_token).toBe(answer.body.refresh_token)
})

test('authorization_details of a token request are among those that were granted, or it is refused', async () => {
  const payment = (amount: number) => ({
    type: 'payment_initiation',
    instructedAmount: { amount, currency: 'EUR' },
    creditorName: 'A',
    creditorAccount: { iban: 'IT60X0542811101000000123456' },
  })
  const application = await anApp()
  const asked = (...details: object[]) => ({ authorization_details: JSON.stringify(details) })
  const granted = [payment(1), payment(2)]
  const code = await aCode(application, { request: { authorizationDetails: granted } })
  const plain = await aCode(application)
  const pairOf = await aPair(application)
  const refusals = [
    await token({ grant_type: 'client_credentials', ...asked(payment(1)) }, { basic: application }),
    await exchange(application, code, asked(payment(3))),
    await exchange(application, code, asked(payment(1), payment(3))),
    await exchange(application, code, asked({ type: 'unknown' })),
    await exchange(application, code, { authorization_details: '{' }),
    await exchange(application, plain, asked(payment(1))),
    await refresh(application, pairOf.refresh_token, asked(payment(1))),
    await refresh(application, pairOf.refresh_token, { authorization_details: 'x' }),
  ]
  for (const { status, body } of refusals) expect([status, body.error]).toEqual([400, 'invalid_authorization_details'])
  const pair = await exchange(application, code, asked(payment(2)))
  expect([pair.status, pair.body.authorization_details]).toEqual([200, granted])
  const old = pair.body.refresh_token as string
  expect((await refresh(application, old, asked(payment(3)))).body.error).toBe('invalid_authorization_details')
  const next = await refresh(application, old, asked(payment(1)))
  expect([next.status, next.body.authorization_details]).toEqual([200, granted])
  expect((await refresh(application, old, asked(payment(3)))).body.error).toBe('invalid_authorization_details')
  expect((await refresh(application, old, asked(payment(1)))).body.access_token).toBe(next.body.access_token)
  expect((await exchange(application, plain)).status).toBe(200)
  expect((await refresh(application, pairOf.refresh_token)).status).toBe(200)
})

test('an exchange, a refresh and its repetition, and a core that asks count as uses of the consent', async () => {
  const application = await anApp()
  const core = await aCore()
  const code = await aCode(application)
  const uses = async () => {
    await usageReporter().flush(db)
    const [row] = await db.execute<{ uses: number }>(
      sql`select ${usesIn24Hours(new Date())} as uses from usage_marks where subject_id = ${code.consent.id}`,
    )
    return row?.uses ?? 0
  }
  expect(await uses()).toBe(0)
  const pair = (await exchange(application, code)).body as Pair
  expect(await uses()).toBe(1)
  const next = (await refresh(application, pair.refresh_token)).body as Pair
  expect(await uses()).toBe(2)
  await refresh(application, pair.refresh_token)
  expect(await uses()).toBe(3)
  const ask = (accessToken: string) =>
    callOauth(introspectRoute, '/oauth2/introspect', { token: accessToken }, { basic: core })
  expect((await ask(next.access_token)).body.active).toBe(true)
  expect(await uses()).toBe(4)
  expect((await ask(pair.access_token)).body.active).toBe(false)
  expect(await isLive(application, next.access_token)).toBe(true)
  await refresh(application, next.refresh_token, { scope: 'psd2-pis' })
  expect(await uses()).toBe(4)
})

test('tokens die at once with whatever they descend from', async () => {
  const ends: [string, (application: Application, code: Code) => Promise<unknown>][] = [
    [
      'a revoked secret',
      async ({ secretId }) =>
        db.update(applicationSecrets).set({ revokedAt: new Date() }).where(eq(applicationSecrets.id, secretId)),
    ],
    [
      'a suspension',
      async ({ id }) => db.update(applications).set({ suspendedAt: new Date() }).where(eq(applications.id, id)),
    ],
    [
      'a revoked consent',
      async (_, { consent }) => db.update(consents).set({ revokedAt: new Date() }).where(eq(consents.id, consent.id)),
    ],
    [
      'a consent that is over',
      async (_, { consent }) => db.update(consents).set({ expiresAt: new Date() }).where(eq(consents.id, consent.id)),
    ],
    [
      'a membership that ended',
      async (_, { person }) =>
        db.update(memberships).set({ endedAt: new Date() }).where(eq(memberships.personId, person.id)),
    ],
  ]
  const core = await aCore()
  for (const [what, end] of ends) {
    const application = await anApp()
    const pair = await aPair(application)
    const seen = async () =>
      (await callOauth(introspectRoute, '/oauth2/introspect', { token: pair.access_token }, { basic: core })).body
        .active
    expect(await seen(), what).toBe(true)
    await end(application, pair.code)
    expect(await seen(), what).toBe(false)
    expect([400, 401], what).toContain((await refresh(application, pair.refresh_token)).status)
  }
})

async function aCore() {
  const { createCore } = await import('@/lib/credentials/create-core')
  const { testContext } = await import('@/db/testing')
  return createCore(testContext(db, { kind: 'operator', name: 'test' }), { name: `Core ${newHexToken()}` })
}

test('a secret that was ended with keeps_tokens leaves its tokens alive', async () => {
  const application = await anApp()
  const core = await aCore()
  const pair = await aPair(application)
  await db
    .update(applicationSecrets)
    .set({ revokedAt: new Date(), keepsTokens: true })
    .where(eq(applicationSecrets.id, application.secretId))
  const answer = await callOauth(introspectRoute, '/oauth2/introspect', { token: pair.access_token }, { basic: core })
  expect(answer.body.active).toBe(true)
})

test('a core gets no tokens', async () => {
  const answer = await token({ grant_type: 'client_credentials' }, { basic: await aCore() })
  expect([answer.status, answer.body.error]).toEqual([400, 'unauthorized_client'])
})
