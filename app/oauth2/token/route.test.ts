import { eq, sql } from 'drizzle-orm'
import { beforeEach, expect, test, vi } from 'vitest'
import { aConsent, aCustomer, anApplication, anAuthorizationCode, aPerson } from '@/db/factories'
import { applications } from '@/db/schema/applications'
import { consents } from '@/db/schema/consents'
import { applicationSecrets } from '@/db/schema/credentials'
import { memberships } from '@/db/schema/customers'
import { personActor, testContext, testDatabase } from '@/db/testing'
import { renewConsent } from '@/lib/consents/renew-consent'
import { newHexToken } from '@/lib/core/secrets'
import { addDays } from '@/lib/core/time'
import { createCore } from '@/lib/credentials/create-core'
import { usageReporter } from '@/lib/credentials/mark-usage'
import { usesIn24Hours } from '@/lib/credentials/uses-in-24-hours'
import { log } from '@/lib/log/log'
import { sweepTokens } from '@/lib/oauth/sweep-tokens'
import { bodyFaults } from '@/lib/oauth/testing/body-faults'
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

async function familiesOf({ id }: Application): Promise<number> {
  const [row] = await db.execute<{ n: number }>(
    sql`select count(*)::int as n from token_families where application_id = ${id}`,
  )
  return row?.n ?? 0
}

test('a body that cannot be read is refused, told why and written to the log, and mints nothing', async () => {
  const application = await anApp()
  const good = { grant_type: 'client_credentials' }
  for (const { what, body, query, headers, status, description, detail } of bodyFaults(good, 'grant_type')) {
    const answer = await callOauth(POST, `/oauth2/token${query ?? ''}`, body, {
      basic: application,
      headers: headers ?? {},
    })
    expect([answer.status, answer.body], what).toEqual([
      status,
      { error: 'invalid_request', error_description: description },
    ])
    if (status === 400) expect(lastReason(), what).toBe(detail ?? description)
  }
  expect(await familiesOf(application)).toBe(0)
})

type Wrong = [
  what: string,
  parameters: Record<string, string> | string,
  error: string,
  description: string,
  detail?: string,
]

const GRANT_IS_WRONG = 'The grant is wrong, used up, expired, revoked or not yours.'
const CODE = { grant_type: 'authorization_code', code: 'x', redirect_uri: 'https://a.example' }
const WRONG: Wrong[] = [
  ['no grant', {}, 'invalid_request', 'grant_type is missing.'],
  ['an empty grant', { grant_type: '' }, 'invalid_request', 'grant_type is missing.'],
  ...['password', 'CLIENT_CREDENTIALS', 'toString', '__proto__', 'client_credentials '].map(
    (grant): Wrong => [
      `the grant ${grant}`,
      { grant_type: grant },
      'unsupported_grant_type',
      'grant_type is one of authorization_code, client_credentials, refresh_token.',
    ],
  ),
  [
    'another client in the body',
    { grant_type: 'client_credentials', client_id: '0'.repeat(32) },
    'invalid_request',
    'client_id names another client than the Authorization header.',
  ],
  [
    'two ways of authentication',
    { grant_type: 'client_credentials', client_secret: 'x' },
    'invalid_request',
    'Authenticate the client in one way only.',
    'more than one client authentication',
  ],
  [
    'a scope with quotes',
    { grant_type: 'client_credentials', scope: 'a"b' },
    'invalid_scope',
    'scope is not a list of scopes.',
  ],
  [
    'no scope in it',
    { grant_type: 'client_credentials', scope: ' ' },
    'invalid_scope',
    'scope is not a list of scopes.',
  ],
  [
    'too many scopes',
    { grant_type: 'client_credentials', scope: Array.from({ length: 17 }, (_, n) => `s${n}`).join(' ') },
    'invalid_scope',
    'scope is not a list of scopes.',
  ],
  [
    'a scope without subscription',
    { grant_type: 'client_credentials', scope: 'app connect-ais' },
    'invalid_scope',
    'The application has not subscribed to that scope.',
    'no subscription to connect-ais',
  ],
  ['no callback', { grant_type: 'authorization_code', code: 'x' }, 'invalid_request', 'redirect_uri is missing.'],
  ['no code', { ...CODE, code: '' }, 'invalid_request', 'code is missing.'],
  [
    'two callbacks',
    { ...CODE, redirect_url: 'https://b.example' },
    'invalid_request',
    'redirect_uri and redirect_url differ.',
  ],
  ...['short', 'a'.repeat(129), `${'a'.repeat(43)}+`].map(
    (code_verifier): Wrong => [
      `the verifier ${code_verifier}`,
      { ...CODE, code_verifier },
      'invalid_request',
      'code_verifier is not one.',
    ],
  ),
  ['no code of ours', CODE, 'invalid_grant', GRANT_IS_WRONG, 'the code is not one of ours'],
  [
    'a code that nobody has',
    { ...CODE, code: 'a'.repeat(43) },
    'invalid_grant',
    GRANT_IS_WRONG,
    'there is no such code',
  ],
  ['no refresh token', { grant_type: 'refresh_token' }, 'invalid_request', 'refresh_token is missing.'],
  [
    'a refresh with a scope that is none',
    { grant_type: 'refresh_token', refresh_token: 'x', scope: 'a\\b' },
    'invalid_scope',
    'scope is not a list of scopes.',
  ],
  [
    'a refresh for an unknown scope',
    { grant_type: 'refresh_token', refresh_token: 'x', scope: 'openid' },
    'invalid_scope',
    'More than was granted.',
    'refresh with a wider scope',
  ],
  [
    'no refresh token of ours',
    { grant_type: 'refresh_token', refresh_token: 'x' },
    'invalid_grant',
    GRANT_IS_WRONG,
    'the refresh token is not one of ours',
  ],
  ['a number in JSON', '{"grant_type":"client_credentials","scope":1}', 'invalid_request', 'scope is not a text.'],
  ['a list in JSON', '{"grant_type":["client_credentials"]}', 'invalid_request', 'grant_type is not a text.'],
  [
    'a line break in JSON',
    '{"grant_type":"client_credentials","scope":"a\\r\\nb"}',
    'invalid_request',
    'scope holds characters that it cannot.',
  ],
]

test.each(WRONG)('%s: status, body, log, and nothing minted', async (_, parameters, error, description, detail) => {
  const application = await anApp()
  const answer = await token(parameters, { basic: application })
  expect([answer.status, answer.body]).toEqual([400, { error, error_description: description }])
  expect(answer.headers.get('cache-control')).toBe('no-store')
  expect(lastReason()).toBe(detail ?? description)
  expect(await familiesOf(application)).toBe(0)
})

test('JSON that repeats a member, or is none, is refused', async () => {
  const application = await anApp()
  for (const [body, description] of [
    ['{"grant_type":"client_credentials","grant_type":"refresh_token"}', /more than once/],
    ['{"grant_type":', /not a valid JSON object/],
  ] as const) {
    const answer = await token(body, { basic: application })
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_request'])
    expect(answer.body.error_description).toMatch(description)
    expect(answer.body.error_description).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/)
  }
  expect(await familiesOf(application)).toBe(0)
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

test('a consent that is renewed on day 170 keeps its tokens past day 180, and they end with it', async () => {
  const application = await anApp()
  const { code, ...pair } = await aPair(application)
  /** As if so many days had gone by: neither tokens nor audit have partitions for a time that far away. */
  async function pass(days: number) {
    await db.execute(sql`update consents set auth_time = auth_time - make_interval(days => ${days}), granted_at = granted_at - make_interval(days => ${days}),
      expires_at = expires_at - make_interval(days => ${days}) where id = ${code.consent.id}`)
    await db.execute(sql`update token_families set created_at = created_at - make_interval(days => ${days}),
      expires_at = expires_at - make_interval(days => ${days}) where application_id = ${application.id}`)
  }
  await pass(170)
  const giver = personActor(code.person.id, { customerId: code.business.id, role: 'owner' })
  const { expiresAt } = await renewConsent(testContext(db, giver), { consentId: code.consent.id })
  await pass(15)
  await sweepTokens(db, new Date())
  const described = await callOauth(
    introspectRoute,
    '/oauth2/introspect',
    { token: pair.refresh_token },
    { basic: application },
  )
  expect(described.body.exp).toBe(Math.floor(addDays(expiresAt, -15).getTime() / 1000))
  const next = await refresh(application, pair.refresh_token)
  expect(next.status).toBe(200)
  expect((await refresh(application, pair.refresh_token)).body.access_token).toBe(next.body.access_token)
  expect(await isLive(application, next.body.access_token as string)).toBe(true)
  await pass(165)
  expect(await isLive(application, next.body.access_token as string)).toBe(false)
  expect((await refresh(application, next.body.refresh_token as string)).body.error).toBe('invalid_grant')
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
