import { afterAll, describe, expect, test } from 'vitest'
import { aConsent, aCustomer, anApplication, anAuthorizationCode, aPerson } from '@/db/factories'
import { connectReplica, personActor, testContext, testDatabase } from '@/db/testing'
import { requestInfoStorage } from '@/lib/context/request-info'
import { newHexToken, newOpaqueToken, sha256 } from '@/lib/core/secrets'
import { addMs, HOUR, SECOND } from '@/lib/core/time'
import { replaceSecret } from '@/lib/credentials/replace-secret'
import { rotateKey } from '@/lib/credentials/rotate-key'
import { rotateSecret } from '@/lib/credentials/rotate-secret'
import { callMachine } from '@/lib/http/testing'
import { basicOf, callOauth } from '@/lib/oauth/testing/call-oauth'
import { PUT as familyARefresh, POST as familyATokens } from '../oa2/v1/cc/token/route'
import { GET as readApplication } from '../v1/application/route'
import { GET as authorize } from './authorize/route'
import { POST as introspect } from './introspect/route'
import { POST as push } from './par/route'
import { POST as revoke } from './revoke/route'
import { POST as token } from './token/route'

/** What authenticates a client by its secret, while secret and key are rotated, and after; Family A is beside its own routes. */
const { db, url } = await testDatabase()
const replica = await connectReplica(url)
afterAll(() => replica.close())
const owner = await aPerson(db)
const customer = await aCustomer(db, owner.id)
const CALLBACK = 'https://client.example/callback'

type Client = { clientId: string; clientSecret: string }
type Answer = { status: number; body: Record<string, unknown> }
type Call = (client: Client, given: string) => Promise<Answer>

/** Both rotated so long ago, each with an overlap of its own. */
async function aRotation(ago: number, overlap: '1h' | '24h') {
  const application = await anApplication(db, customer.id, { callback: CALLBACK, scopes: ['psd2-ais'] })
  const place = { applicationId: application.id, environment: 'sandbox' as const }
  const at = addMs(new Date(), -ago)
  const ctx = testContext(db, personActor(owner.id, { customerId: customer.id, role: 'owner' }, at), at)
  const { secretId, clientSecret } = await rotateSecret(ctx, { ...place, overlap, unusedHours: null })
  const { clientId } = await rotateKey(ctx, { ...place, overlap })
  return { application, ctx, secretId, old: application as Client, fresh: { clientId, clientSecret } }
}

type Rotation = Awaited<ReturnType<typeof aRotation>>

/** Each key with each secret; the new one with the new one comes last. */
function pairings({ old, fresh }: Rotation): [string, Client][] {
  return [
    ['old key, old secret', old],
    ['old key, new secret', { ...old, clientSecret: fresh.clientSecret }],
    ['new key, old secret', { ...fresh, clientSecret: old.clientSecret }],
    ['new key, new secret', fresh],
  ]
}

const PUSHED = { response_type: 'code', redirect_uri: CALLBACK, scope: 'psd2-ais', state: 'state' }
const PKCE = {
  code_challenge: sha256(newOpaqueToken()).toString('base64url'),
  code_challenge_method: 'S256',
}

const METHODS = {
  Basic: (client: Client) => ({ parameters: {}, basic: client }),
  post: ({ clientId, clientSecret }: Client) => ({
    parameters: { client_id: clientId, client_secret: clientSecret },
  }),
}

/** Each call with what it answers where all is well; `given` is a live access token of the application. */
const ENDPOINTS: [string, number, Call][] = [
  ...Object.entries(METHODS).flatMap(([method, present]) => {
    const calling =
      (route: typeof token, path: string, parametersOf: (given: string) => Record<string, string>): Call =>
      (client, given) => {
        const { parameters, ...init } = present(client)
        // An address of its own: failures are counted.
        return callOauth(route, path, { ...parametersOf(given), ...parameters }, { ...init, address: newHexToken() })
      }
    const row = (path: string, status: number, route: typeof token, of: (given: string) => Record<string, string>) =>
      [`POST ${path} by ${method}`, status, calling(route, path, of)] as [string, number, Call]
    return [
      row('/oauth2/token', 200, token, () => ({ grant_type: 'client_credentials' })),
      row('/oauth2/par', 201, push, () => ({ ...PUSHED, ...PKCE })),
      row('/oauth2/introspect', 200, introspect, (given) => ({ token: given })),
      row('/oauth2/revoke', 200, revoke, (given) => ({ token: given })),
    ]
  }),
  [
    'GET /v1/application',
    200,
    (client) => callMachine(readApplication, { headers: { authorization: basicOf(client) }, address: newHexToken() }),
  ],
]

async function anAccessToken(client: Client): Promise<string> {
  const { body } = await callOauth(token, '/oauth2/token', { grant_type: 'client_credentials' }, { basic: client })
  return body.access_token as string
}

async function isActive(client: Client, given: string): Promise<boolean> {
  return (await callOauth(introspect, '/oauth2/introspect', { token: given }, { basic: client })).body.active as boolean
}

/** Where a browser is sent that comes with this key, or 400 for the page that it gets. */
async function openWith(clientId: string): Promise<string> {
  const query = new URLSearchParams({ ...PUSHED, ...PKCE, client_id: clientId })
  const info = { requestId: 'test', listener: 'development', address: newHexToken(), secure: false, certificate: null }
  const response = await requestInfoStorage().run(info as never, () =>
    authorize(new Request(`http://localhost:3000/oauth2/authorize?${query}`)),
  )
  return response.headers.get('location')?.replace(/arq_\w+$/, 'ID') ?? String(response.status)
}

describe('during the overlaps', () => {
  test.each(ENDPOINTS)('%s works with each key and each secret', async (name, status, call) => {
    const rotation = await aRotation(10 * SECOND, '24h')
    for (const [pair, client] of pairings(rotation)) {
      const given = await anAccessToken(rotation.fresh)
      const answer = await call(client, given)
      expect(answer.status, pair).toBe(status)
      if (name.includes('introspect')) expect(answer.body.active, pair).toBe(true)
      expect(await isActive(rotation.fresh, given), pair).toBe(!name.includes('revoke'))
    }
  })

  test('a code is exchanged, and its tokens are refreshed, with each key and secret, whichever was used before', async () => {
    const rotation = await aRotation(10 * SECOND, '24h')
    for (const [pair, client] of pairings(rotation)) {
      const giver = await aPerson(db)
      const business = await aCustomer(db, giver.id)
      const of = { personId: giver.id, customerId: business.id }
      const consent = await aConsent(db, rotation.application, of, { scopes: ['psd2-ais'] })
      const { code, redirectUri, verifier } = await anAuthorizationCode(db, rotation.application, [consent])
      const exchange = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier }
      let answer = await callOauth(token, '/oauth2/token', exchange, { basic: client })
      expect(answer.status, pair).toBe(200)
      for (const [other, refreshing] of pairings(rotation)) {
        const refresh = { grant_type: 'refresh_token', refresh_token: answer.body.refresh_token as string }
        answer = await callOauth(token, '/oauth2/token', refresh, { basic: refreshing })
        expect(answer.status, `${pair}; refreshed with ${other}`).toBe(200)
      }
    }
  })

  test('GET /oauth2/authorize takes a browser with either key to the consent', async () => {
    const { old, fresh } = await aRotation(10 * SECOND, '24h')
    for (const { clientId } of [old, fresh]) {
      expect(await openWith(clientId)).toBe('http://localhost:3000/consent/ID')
    }
  })
})

describe('once they have run out', () => {
  test.each(ENDPOINTS)(
    '%s works with the new key and secret alone; the rest is as if it never was',
    async (_, status, call) => {
      const rotation = await aRotation(HOUR, '1h')
      const given = await anAccessToken(rotation.fresh)
      const unknown = await call({ ...rotation.fresh, clientId: newHexToken() }, given)
      expect(unknown.status).toBe(401)
      for (const [pair, client] of pairings(rotation).slice(0, 3)) {
        const refused = await call(client, given)
        expect([refused.status, withoutId(refused.body)], pair).toEqual([401, withoutId(unknown.body)])
      }
      expect(await isActive(rotation.fresh, given)).toBe(true)
      expect((await call(rotation.fresh, given)).status).toBe(status)
    },
  )

  test('GET /oauth2/authorize knows the new key alone', async () => {
    const { old, fresh } = await aRotation(HOUR, '1h')
    expect(await openWith(old.clientId)).toBe('400')
    expect(await openWith(fresh.clientId)).toBe('http://localhost:3000/consent/ID')
  })
})

function withoutId({ request_id: _, ...body }: Record<string, unknown>) {
  return body
}

describe('a secret is used, for whoever would replace it at another replica, with the first answer', () => {
  const ofFamilyA: [string, number, Call] = [
    'POST /oa2/v1/cc/token',
    200,
    ({ clientId, clientSecret }) =>
      callMachine(familyATokens, {
        body: { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret, scope: 'app' },
      }),
  ]
  // The secret was right; the token was not.
  const refusedByFamilyA: [string, number, Call] = [
    'PUT /oa2/v1/cc/token with a token that there is not',
    401,
    ({ clientId, clientSecret }) =>
      callMachine(familyARefresh, {
        method: 'PUT',
        bearer: newHexToken(),
        body: {
          ...{ grant_type: 'refresh_token', client_id: clientId, client_secret: clientSecret, scope: 'app' },
          refresh_token: newHexToken(),
        },
      }),
  ]

  test.each([...ENDPOINTS, ofFamilyA, refusedByFamilyA])('%s', async (_, status, call) => {
    const { ctx, old, fresh, secretId } = await aRotation(10 * SECOND, '24h')
    const given = await anAccessToken(old)
    expect((await call({ ...old, clientSecret: fresh.clientSecret }, given)).status).toBe(status)
    const replacing = replaceSecret({ ...ctx, db: replica.db }, { secretId })
    await expect(replacing).rejects.toMatchObject({ reason: 'secret-used' })
  })

  test('a replaced one is refused, like one that never was', async () => {
    const { ctx, old, secretId, fresh } = await aRotation(10 * SECOND, '24h')
    await replaceSecret({ ...ctx, db: replica.db }, { secretId })
    const given = await anAccessToken(old)
    for (const [name, , call] of ENDPOINTS) expect((await call(fresh, given)).status, name).toBe(401)
  })
})
