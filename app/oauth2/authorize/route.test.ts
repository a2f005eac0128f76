import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { aCustomer, anApplication, aPerson } from '@/db/factories'
import { applicationEnvironments, applications } from '@/db/schema/applications'
import { applicationKeys } from '@/db/schema/credentials'
import { authorizationRequests } from '@/db/schema/oauth'
import { throttles } from '@/db/schema/people'
import { testContext, testDatabase } from '@/db/testing'
import { type RequestInfo, requestInfoStorage } from '@/lib/context/request-info'
import { sha256 } from '@/lib/core/secrets'
import { addMs, SECOND } from '@/lib/core/time'
import { log } from '@/lib/log/log'
import { pushAuthorizationRequest } from '@/lib/oauth/authorization/push-authorization-request'
import { readAuthorizationRequest } from '@/lib/oauth/authorization/read-authorization-request'
import type { AuthorizationClient } from '@/lib/oauth/authorization/schema'
import { GET } from './route'

const { db } = await testDatabase()
const owner = await aPerson(db)
const business = await aCustomer(db, owner.id)
const CALLBACK = 'https://client.example/callback'
const CHALLENGE = sha256('verifier').toString('base64url')

const logged = vi.spyOn(log(), 'info')
beforeEach(() => {
  logged.mockClear()
})

async function aClient(profile: 'legacy' | 'standard' | 'fapi2' = 'standard') {
  const application = await anApplication(db, business.id, { profile, callback: CALLBACK })
  const scopes = ['psd2-ais', 'psd2-pis']
  await db
    .update(applicationEnvironments)
    .set({ scopes })
    .where(eq(applicationEnvironments.applicationId, application.id))
  return application
}

type Parameters = Record<string, string | undefined>

function standardOf(clientId: string, change: Parameters = {}): Parameters {
  return {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: CALLBACK,
    scope: 'psd2-ais psd2-pis',
    state: 'some state',
    code_challenge: CHALLENGE,
    code_challenge_method: 'S256',
    ...change,
  }
}

function flowOf(clientId: string, change: Parameters = {}): Parameters {
  return {
    response_type: 'code',
    client_id: clientId,
    flowid: 'GetPSD2AuthCode',
    redirect_url: 'https://client.example:8443/any/path',
    scope: 'psd2-ais psd2-pis',
    state: 'w4Am91fLZMKhDMT',
    nonce: randomUUID(),
    ...change,
  }
}

type Sent = { cookie?: string; info?: Partial<RequestInfo>; headers?: Record<string, string> }

async function open(parameters: Parameters | string, { cookie, info, headers }: Sent = {}) {
  const given = Object.entries(typeof parameters === 'string' ? {} : parameters)
  const query =
    typeof parameters === 'string'
      ? parameters
      : new URLSearchParams(given.filter((pair): pair is [string, string] => pair[1] !== undefined)).toString()
  const request = new Request(`http://localhost:3000/oauth2/authorize?${query}`, {
    headers: { ...headers, ...(cookie ? { cookie } : {}) },
  })
  const defaults: RequestInfo = {
    requestId: 'req_test',
    listener: 'development',
    address: '127.0.0.1',
    secure: false,
    certificate: null,
  }
  const response = await requestInfoStorage().run({ ...defaults, ...info }, () => GET(request))
  const location = response.headers.get('location')
  return {
    status: response.status,
    headers: response.headers,
    body: await response.text(),
    url: location === null ? null : new URL(location),
    cookies: response.headers.getSetCookie(),
    cookie: (response.headers.getSetCookie()[0] ?? '').split(';', 1)[0] ?? '',
  }
}

function answerOf(url: URL | null): Record<string, string> {
  return Object.fromEntries(url?.searchParams ?? [])
}

function expectPage(opened: Awaited<ReturnType<typeof open>>, detail: string) {
  expect(opened).toMatchObject({ status: 400, url: null, cookies: [] })
  expect(opened.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(opened.headers.get('cache-control')).toBe('no-store')
  expect(opened.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
  expect(opened.body).toContain('This link does not work')
  expect(opened.body).toContain('req_test')
  expect(opened.body).not.toContain(detail)
  expect(logged).toHaveBeenCalledWith(expect.objectContaining({ requestId: 'req_test', detail }), expect.any(String))
}

describe('with flowid', () => {
  test('a good request goes to the auth web app by 301 that nobody stores, with a cookie for this browser', async () => {
    const { id, clientId } = await aClient('legacy')
    const opened = await open(flowOf(clientId))
    expect(opened.status).toBe(301)
    expect(opened.headers.get('cache-control')).toBe('no-store')
    expect(opened.headers.get('referrer-policy')).toBe('no-referrer')
    expect(opened.url?.href).toMatch(/^http:\/\/localhost:3000\/consent\/arq_[0-9a-z]{20}$/)
    const requestId = opened.url?.pathname.split('/')[2] ?? ''
    expect(opened.cookies).toEqual([
      expect.stringMatching(
        new RegExp(`^countersign-request-${requestId}=[\\w-]{43}; Max-Age=1800; Path=/; HttpOnly; SameSite=Lax$`),
      ),
    ])
    const [row] = await db.select().from(authorizationRequests).where(eq(authorizationRequests.id, requestId))
    expect(row).toMatchObject({ applicationId: id, kind: 'flow', answeredAt: null, personId: null })
    expect(row?.browserHash).toEqual(sha256(opened.cookie.split('=')[1] ?? ''))
  })

  test('over TLS the cookie has the prefix that pins it', async () => {
    const { clientId } = await aClient('legacy')
    const opened = await open(flowOf(clientId), { info: { secure: true, listener: '1' } })
    expect(opened.cookies[0]).toMatch(
      /^__Host-countersign-request-arq_\w+=[\w-]{43}; .*Path=\/; HttpOnly; SameSite=Lax; Secure$/,
    )
  })

  test('the key may be a dashed GUID', async () => {
    const { clientId } = await aClient('legacy')
    const dashed = clientId.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
    expect((await open(flowOf(dashed))).status).toBe(301)
    expect((await open(flowOf(dashed.toUpperCase()))).status).toBe(301)
  })

  test('another profile is unauthorized_client, at the callback', async () => {
    for (const profile of ['standard', 'fapi2'] as const) {
      const { clientId } = await aClient(profile)
      expectPage(await open(flowOf(clientId)), 'the callback is not registered')
      const opened = await open(flowOf(clientId, { redirect_url: CALLBACK }))
      expect(opened.status).toBe(301)
      expect(opened.url?.href).toMatch(/^https:\/\/client\.example\/callback\?/)
      expect(answerOf(opened.url)).toEqual({
        error: 'unauthorized_client',
        state: 'w4Am91fLZMKhDMT',
        flowid: 'GetPSD2AuthCode',
      })
      expect(opened.cookies).toEqual([])
    }
  })

  test('an error goes back with state and flowid, its reason to the log, and the nonce stays unused', async () => {
    const { clientId } = await aClient('legacy')
    const nonce = randomUUID()
    const opened = await open(flowOf(clientId, { nonce, scope: 'psd2-ais connect-ais' }))
    expect(answerOf(opened.url)).toEqual({
      error: 'invalid_scope',
      state: 'w4Am91fLZMKhDMT',
      flowid: 'GetPSD2AuthCode',
    })
    expect(opened.body).toBe('')
    expect(logged).toHaveBeenCalledWith(
      expect.objectContaining({ reason: 'invalid_scope', detail: 'PSD2 and proprietary scopes are mixed' }),
      'authorization request refused',
    )
    expect((await open(flowOf(clientId, { nonce }))).url?.pathname).toMatch(/^\/consent\//)
  })

  test('the same browser reloading goes on where it was; any other one has used a nonce twice', async () => {
    const { clientId } = await aClient('legacy')
    const asked = flowOf(clientId)
    const first = await open(asked)
    const again = await open(asked, { cookie: `a=b; ${first.cookie}; c=d` })
    expect(again).toMatchObject({ status: 301, cookies: [] })
    expect(again.url?.href).toBe(first.url?.href)

    const forged = `${first.cookie.split('=')[0]}=${'A'.repeat(43)}`
    for (const cookie of [undefined, forged]) {
      const other = await open(asked, cookie ? { cookie } : {})
      expect(answerOf(other.url)).toMatchObject({ error: 'invalid_request', flowid: 'GetPSD2AuthCode' })
    }
    const changed = await open({ ...asked, scope: 'psd2-ais' }, { cookie: first.cookie })
    expect(answerOf(changed.url)).toMatchObject({ error: 'invalid_request' })
    const upper = await open({ ...asked, nonce: asked.nonce?.toUpperCase() })
    expect(answerOf(upper.url)).toMatchObject({ error: 'invalid_request' })
  })

  test('of many at once with one nonce, one is kept', async () => {
    const { clientId } = await aClient('legacy')
    const asked = flowOf(clientId)
    const opened = await Promise.all(Array.from({ length: 20 }, () => open(asked)))
    expect(opened.filter(({ url }) => url?.pathname.startsWith('/consent/'))).toHaveLength(1)
    expect(opened.filter(({ url }) => url?.searchParams.get('error') === 'invalid_request')).toHaveLength(19)
  })

  test('one nonce may serve two clients', async () => {
    const nonce = randomUUID()
    for (const client of [await aClient('legacy'), await aClient('legacy')]) {
      expect((await open(flowOf(client.clientId, { nonce }))).url?.pathname).toMatch(/^\/consent\//)
    }
  })
})

describe('without flowid', () => {
  test('a good request goes on by 303', async () => {
    const { clientId } = await aClient()
    const opened = await open(standardOf(clientId))
    expect(opened.status).toBe(303)
    expect(opened.url?.pathname).toMatch(/^\/consent\/arq_/)
    expect(opened.headers.get('cache-control')).toBe('no-store')
  })

  test('an error goes back by 303 with state and issuer', async () => {
    const { clientId } = await aClient()
    const opened = await open(standardOf(clientId, { response_type: 'token' }))
    expect(opened.status).toBe(303)
    expect(answerOf(opened.url)).toEqual({
      error: 'unsupported_response_type',
      state: 'some state',
      iss: 'http://localhost:3000',
    })
  })

  test('the third of three tabs takes nothing from the first', async () => {
    const { clientId } = await aClient()
    const first = await open(standardOf(clientId))
    const second = await open(standardOf(clientId), { cookie: first.cookie })
    expect(second.url?.pathname).not.toBe(first.url?.pathname)
    expect(second.cookies).toHaveLength(1)
  })

  test('a browser led here over and over keeps the newest eight', async () => {
    const { clientId } = await aClient()
    const cookies: string[] = []
    for (let n = 0; n < 8; n++) cookies.push((await open(standardOf(clientId))).cookie)
    const ninth = await open(standardOf(clientId), { cookie: cookies.join('; ') })
    const oldest = cookies[0]?.split('=')[0]
    expect(ninth.cookies).toEqual([
      expect.stringContaining('Max-Age=1800'),
      expect.stringContaining(`${oldest}=; Max-Age=0`),
    ])
  })
})

describe('pushed', () => {
  async function push(profile: 'standard' | 'fapi2' | 'legacy' = 'fapi2', now = new Date()) {
    const application = await aClient(profile)
    const client: AuthorizationClient = {
      applicationId: application.id,
      environment: 'sandbox',
      clientId: application.clientId,
      profile,
      scopes: ['psd2-ais', 'psd2-pis'],
      callbacks: [{ url: CALLBACK, host: 'client.example' }],
      suspended: false,
    }
    const { client_id: _, ...asked } = standardOf(application.clientId)
    const read = readAuthorizationRequest(asked, client, 'pushed')
    if (read.outcome !== 'good') throw new Error(read.detail)
    const ctx = testContext(db, { kind: 'anonymous' }, now)
    const pushed = await pushAuthorizationRequest(ctx, read.request, { certificateSha256: null, jwkThumbprint: null })
    return { clientId: application.clientId, ...pushed }
  }

  test('a request is opened once, by 303, with its client’s key alone', async () => {
    for (const profile of ['fapi2', 'standard', 'legacy'] as const) {
      const { clientId, requestUri } = await push(profile)
      const asked = { client_id: clientId, request_uri: requestUri }
      const opened = await Promise.all(Array.from({ length: 10 }, () => open(asked)))
      const good = opened.filter(({ status }) => status === 303)
      expect(good).toHaveLength(1)
      expect(opened.filter(({ status }) => status === 400)).toHaveLength(9)
      const again = await open(asked, { cookie: good[0]?.cookie ?? '' })
      expect(again.url?.href).toBe(good[0]?.url?.href)
    }
  })

  test('what else is in the query is not read', async () => {
    const { clientId, requestUri } = await push()
    const opened = await open({ client_id: clientId, request_uri: requestUri, redirect_uri: 'https://evil.example/' })
    expect(opened.status).toBe(303)
    const [row] = await db
      .select({ redirectUri: authorizationRequests.redirectUri })
      .from(authorizationRequests)
      .where(eq(authorizationRequests.id, opened.url?.pathname.split('/')[2] ?? ''))
    expect(row).toEqual({ redirectUri: CALLBACK })
  })

  const GONE = 'request_uri is unknown, used, expired or of another client'

  test('another client’s, an unknown or an expired one is a page', async () => {
    const { requestUri } = await push()
    const other = await push()
    expectPage(await open({ client_id: other.clientId, request_uri: requestUri }), GONE)
    expectPage(await open({ client_id: other.clientId, request_uri: `${other.requestUri.slice(0, -1)}_` }), GONE)
    const old = await push('fapi2', addMs(new Date(), -91 * SECOND))
    expectPage(await open({ client_id: old.clientId, request_uri: old.requestUri }), GONE)
  })

  test('is the only way of the profile fapi2', async () => {
    const { clientId } = await aClient('fapi2')
    const opened = await open(standardOf(clientId))
    expect(answerOf(opened.url)).toEqual({
      error: 'invalid_request',
      state: 'some state',
      iss: 'http://localhost:3000',
    })
  })
})

describe('a page, never a redirect', () => {
  test('for a client that nobody is', async () => {
    expectPage(await open(standardOf('0123456789abcdef0123456789abcdef')), 'client_id is unknown')
    expectPage(await open(standardOf("' or 1=1 --")), 'client_id is unknown')
    expectPage(await open(flowOf('7d3069b2-0155-45c1-9600-7db93c3e5087')), 'client_id is unknown')
  })

  test('without a client, or with two', async () => {
    const { clientId } = await aClient()
    expectPage(await open(standardOf(clientId, { client_id: undefined })), 'client_id is missing')
    const query = new URLSearchParams(standardOf(clientId) as Record<string, string>).toString()
    expectPage(await open(`${query}&client_id=${clientId}`), 'client_id is there more than once')
  })

  test('for an Application Key that has ended', async () => {
    const { clientId } = await aClient()
    await db
      .update(applicationKeys)
      .set({ endsAt: new Date(0) })
      .where(eq(applicationKeys.clientId, clientId))
    expectPage(await open(standardOf(clientId)), 'client_id is unknown')
  })

  test('for a suspended application', async () => {
    const { id, clientId } = await aClient()
    await db.update(applications).set({ suspendedAt: new Date() }).where(eq(applications.id, id))
    expectPage(await open(standardOf(clientId)), 'the application is suspended')
  })

  test('for a callback that is not the client’s, with nothing of it on the page', async () => {
    const { clientId } = await aClient('legacy')
    const opened = await open(standardOf(clientId, { redirect_uri: 'https://evil.example/"><script>' }))
    expectPage(opened, 'the callback is not registered')
    expect(opened.body).not.toContain('evil.example')
    expectPage(
      await open(flowOf(clientId, { redirect_url: 'https://evil.example/' })),
      'the host of the callback is not registered',
    )
    expectPage(
      await open(flowOf(clientId, { redirect_url: 'https://client.example/\r\nX: y' })),
      'redirect_url holds control characters',
    )
  })

  test('for what cannot be read', async () => {
    const { clientId } = await aClient()
    const query = new URLSearchParams(standardOf(clientId) as Record<string, string>).toString()
    const detail = 'the query is too long, or cannot be read'
    expectPage(await open(`${query}&x=${'y'.repeat(9000)}`), detail)
    expectPage(await open(`${query}&%0d%0a=1`), detail)
  })

  test('in the reader’s language', async () => {
    expect((await open('', { headers: { 'accept-language': 'it-IT,en;q=0.5' } })).body).toContain('<html lang="it">')
    expect((await open('', { cookie: 'locale=it' })).body).toContain('Questo collegamento')
  })
})

test('after three hundred of a network of IPv6 in a minute one more is kept back, and none of another', async () => {
  const { clientId } = await aClient()
  await db.insert(throttles).values({ key: 'authorize:2001:db8:9:9::/64', failures: 300, windowStartedAt: new Date() })
  expect((await open(standardOf(clientId), { info: { address: '2001:db8:9:9::5' } })).status).toBe(429)
  expect((await open(standardOf(clientId), { info: { address: '2001:db8:9:8::5' } })).status).toBe(303)
})

test('a line break in state goes nowhere, in no spelling', async () => {
  const { clientId } = await aClient()
  const opened = await open(standardOf(clientId, { state: 'a\r\nSet-Cookie: x=1' }))
  expect(answerOf(opened.url)).toEqual({ error: 'invalid_request', iss: 'http://localhost:3000' })
  const harmless = await open(standardOf(clientId, { state: 'a%0d%0a&iss=x', scope: 'x' }))
  expect(answerOf(harmless.url)).toMatchObject({ state: 'a%0d%0a&iss=x', iss: 'http://localhost:3000' })
})

const LONG_STATE = 'x'.repeat(2001)
type Row = [what: string, change: Parameters | string, error: string, detail: string, state?: string | null]

async function rowsOf(applicationId: string) {
  return db
    .select({ id: authorizationRequests.id })
    .from(authorizationRequests)
    .where(eq(authorizationRequests.applicationId, applicationId))
}

const STANDARD_FAULTS: Row[] = [
  ['no response_type', { response_type: undefined }, 'invalid_request', 'response_type is missing'],
  ['another response_type', { response_type: 'code token' }, 'unsupported_response_type', 'response_type is not code'],
  ['a fragment', { response_mode: 'fragment' }, 'invalid_request', 'response_mode is not supported'],
  ['prompt none', { prompt: 'none' }, 'interaction_required', 'prompt is none'],
  ['another prompt', { prompt: 'login' }, 'invalid_request', 'prompt is not supported'],
  ['a request object', { request: 'a.b.c' }, 'request_not_supported', 'request objects are not supported'],
  [
    'a foreign request_uri',
    { request_uri: 'https://client.example/r' },
    'request_uri_not_supported',
    'request_uri is not one that was given out here',
  ],
  ['no challenge', { code_challenge: undefined }, 'invalid_request', 'code_challenge is missing'],
  ['a plain challenge', { code_challenge_method: 'plain' }, 'invalid_request', 'code_challenge_method is not S256'],
  ['a short challenge', { code_challenge: 'a' }, 'invalid_request', 'code_challenge is not a SHA-256 in base64url'],
  ['a wrong thumbprint', { dpop_jkt: 'a' }, 'invalid_request', 'dpop_jkt is not a SHA-256 in base64url'],
  ['no scope', { scope: undefined }, 'invalid_scope', 'scope is missing'],
  ['an unknown scope', { scope: 'openid' }, 'invalid_scope', 'a scope is not one that there is'],
  ['two blanks in a scope', { scope: 'psd2-ais  psd2-pis' }, 'invalid_scope', 'scope is not a list of tokens'],
  ['mixed scopes', { scope: 'psd2-ais connect-ais' }, 'invalid_scope', 'PSD2 and proprietary scopes are mixed'],
  ['a scope without subscription', { scope: 'connect-ais' }, 'invalid_scope', 'no subscription to connect-ais'],
  [
    'details that are none',
    { authorization_details: '{' },
    'invalid_authorization_details',
    'authorization_details is not a payment_initiation as it should be',
  ],
  ['a state too long', { state: LONG_STATE }, 'invalid_request', 'state is too long, or no text of ASCII', null],
  ['a state that is not ASCII', { state: 'café' }, 'invalid_request', 'state is too long, or no text of ASCII', null],
  ['a state twice', '&state=b', 'invalid_request', 'state is there more than once', null],
  ['a scope twice', '&scope=psd2-ais', 'invalid_request', 'scope is there more than once'],
  ['a stranger twice', '&x=1&x=1', 'invalid_request', 'x is there more than once'],
  ['a line break', '&x=a%0d%0aSet-Cookie:%20b', 'invalid_request', 'x holds control characters'],
  ['a NUL', '&x=%00', 'invalid_request', 'x holds control characters'],
  ['a percent sign alone', '&x=%', 'invalid_request', 'x is not form-encoded UTF-8'],
  ['an escape of another language', '&x=%u0041', 'invalid_request', 'x is not form-encoded UTF-8'],
  ['bytes that are no UTF-8', '&x=%ff', 'invalid_request', 'x is not form-encoded UTF-8'],
  ['an overlong line feed', '&x=%c0%8a', 'invalid_request', 'x is not form-encoded UTF-8'],
  ['a value too long', `&x=${'a'.repeat(4097)}`, 'invalid_request', 'x is too long'],
]

const FLOW_FAULTS: Row[] = [
  ['another flow', { flowid: 'Other' }, 'invalid_request', 'flowid is not one that there is'],
  ['no state', { state: undefined }, 'invalid_request', 'state is missing', null],
  ['no nonce', { nonce: undefined }, 'invalid_request', 'nonce is missing'],
  ['a nonce that is none', { nonce: 'abc' }, 'invalid_request', 'nonce is not a GUID of version 4'],
  ['a plain challenge', { code_challenge: CHALLENGE }, 'invalid_request', 'code_challenge_method is not S256'],
  ['another response_type', { response_type: 'token' }, 'unsupported_response_type', 'response_type is not code'],
  ['no scope', { scope: undefined }, 'invalid_scope', 'scope is missing'],
  ['mixed scopes', { scope: 'psd2-ais connect-ais' }, 'invalid_scope', 'PSD2 and proprietary scopes are mixed'],
  [
    'details',
    { authorization_details: '[]' },
    'invalid_authorization_details',
    'authorization_details come with flowid',
  ],
  ['a nonce twice', '&nonce=x', 'invalid_request', 'nonce is there more than once'],
  ['a line break', '&x=%0d%0a', 'invalid_request', 'x holds control characters'],
]

describe('each wrong parameter: status, Location, log, and no row', () => {
  async function expectBack(asked: Parameters, [what, change, error, detail, state]: Row, status: number) {
    const application = await aClient(status === 301 ? 'legacy' : 'standard')
    const base = { ...asked, client_id: application.clientId }
    const opened = await open(
      typeof change === 'string'
        ? `${new URLSearchParams(base as Record<string, string>)}${change}`
        : { ...base, ...change },
    )
    expect(opened, what).toMatchObject({ status, body: '', cookies: [] })
    const callback = asked.redirect_uri ?? asked.redirect_url ?? ''
    const answer = new URLSearchParams({ error })
    if (state !== null) answer.set('state', asked.state ?? '')
    if (status === 301) answer.set('flowid', (change as Parameters).flowid ?? 'GetPSD2AuthCode')
    else answer.set('iss', 'http://localhost:3000')
    expect(opened.headers.get('location')).toBe(`${callback}?${answer}`)
    expect(opened.headers.get('cache-control')).toBe('no-store')
    expect(logged).toHaveBeenCalledWith(
      expect.objectContaining({ requestId: 'req_test', reason: error, detail }),
      'authorization request refused',
    )
    expect(await rowsOf(application.id)).toEqual([])
  }

  test.each(STANDARD_FAULTS)('%s goes back by 303', async (...row) => {
    await expectBack(standardOf(''), row, 303)
  })

  test.each(FLOW_FAULTS)('with flowid %s goes back by 301', async (...row) => {
    await expectBack(flowOf(''), row, 301)
  })

  test.each([
    ['no callback', { redirect_uri: undefined }, 'redirect_uri is missing'],
    ['another path', { redirect_uri: `${CALLBACK}/` }, 'the callback is not registered'],
    ['another port', { redirect_uri: 'https://client.example:8443/callback' }, 'the callback is not registered'],
    ['a fragment', { redirect_uri: `${CALLBACK}#x` }, 'the callback is not registered'],
    ['a query', { redirect_uri: `${CALLBACK}?x=1` }, 'the callback is not registered'],
    ['a callback too long', { redirect_uri: `${CALLBACK}${'x'.repeat(2000)}` }, 'the callback is too long'],
    ['two callbacks', `&redirect_uri=${encodeURIComponent(CALLBACK)}`, 'redirect_uri is there more than once'],
    ['a callback with a line break', '&redirect_uri=%0d%0a', 'redirect_uri is there more than once'],
    ['a name with a line break', '&a%0d%0ab=1', 'the query is too long, or cannot be read'],
    ['a name that is no UTF-8', '&%ff=1', 'the query is too long, or cannot be read'],
    [
      'too many parameters',
      `&${Array.from({ length: 60 }, (_, n) => `p${n}=1`).join('&')}`,
      'the query is too long, or cannot be read',
    ],
  ])('%s is a page, and no row', async (_, change, detail) => {
    const application = await aClient()
    const base = standardOf(application.clientId)
    const query = `${new URLSearchParams(base as Record<string, string>)}${change}`
    expectPage(await open(typeof change === 'string' ? query : { ...base, ...change }), detail)
    expect(await rowsOf(application.id)).toEqual([])
  })
})

test('an address that makes too many requests waits a minute', async () => {
  const { clientId } = await aClient()
  const sent = { info: { address: '192.0.2.7' } }
  const opened = []
  for (let n = 0; n < 301; n += 1) opened.push(await open(standardOf(clientId), sent))
  expect(opened.slice(0, 300).every(({ status }) => status === 303)).toBe(true)
  expect(opened[300]).toMatchObject({ status: 429, url: null })
  expect(opened[300]?.headers.get('retry-after')).toBe('60')
})

test('it answers only below a listener’s guard', async () => {
  const response = await GET(new Request('http://localhost:3000/oauth2/authorize'))
  expect(response.status).toBe(404)
})
