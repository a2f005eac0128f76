import { eq } from 'drizzle-orm'
import { calculateJwkThumbprint } from 'jose'
import { beforeEach, expect, test, vi } from 'vitest'
import { aCustomer, anApplication, aPerson } from '@/db/factories'
import { authorizationRequests } from '@/db/schema/oauth'
import { testContext, testDatabase } from '@/db/testing'
import { newOpaqueToken, sha256 } from '@/lib/core/secrets'
import { createCore } from '@/lib/credentials/create-core'
import { log } from '@/lib/log/log'
import { bodyFaults } from '@/lib/oauth/testing/body-faults'
import { aKeyPair, anAssertion, aProof, aPublicKey, callOauth } from '@/lib/oauth/testing/call-oauth'
import { POST } from './route'

const { db } = await testDatabase()
const owner = await aPerson(db)
const customer = await aCustomer(db, owner.id)
const PATH = '/oauth2/par'
const CALLBACK = 'https://client.example/callback'
const CLIENT_DIFFERS = 'client_id names another client than the Authorization header.'
const logged = vi.spyOn(log(), 'info')
beforeEach(() => void logged.mockClear())

function lastDetail(): string {
  return (logged.mock.calls.at(-1)?.[0] as unknown as { detail?: string } | undefined)?.detail ?? ''
}

function anApp(profile: 'legacy' | 'standard' | 'fapi2' = 'standard') {
  return anApplication(db, customer.id, { profile, callback: CALLBACK, scopes: ['psd2-ais', 'psd2-pis'] })
}

function asking(other: Record<string, string> = {}): Record<string, string> {
  return {
    response_type: 'code',
    redirect_uri: CALLBACK,
    scope: 'psd2-ais',
    state: 'state',
    code_challenge: sha256(newOpaqueToken()).toString('base64url'),
    code_challenge_method: 'S256',
    ...other,
  }
}

async function requestsOf(application: { id: string }) {
  return db.select().from(authorizationRequests).where(eq(authorizationRequests.applicationId, application.id))
}

test('a good request is kept under a name of its own', async () => {
  const application = await anApp()
  const answer = await callOauth(POST, PATH, asking({ client_id: application.clientId }), { basic: application })
  expect([answer.status, Object.keys(answer.body)]).toEqual([201, ['request_uri', 'expires_in']])
  expect(answer.headers.get('cache-control')).toBe('no-store')
  const [row] = await requestsOf(application)
  expect(row).toMatchObject({ kind: 'pushed', redirectUri: CALLBACK, scopes: ['psd2-ais'], openedAt: null })
  expect(row?.requestUriHash).toEqual(sha256(answer.body.request_uri as string))
})

test('a DPoP key that comes along binds the code, as dpop_jkt does; two of them must be one', async () => {
  const application = await anApp('fapi2')
  const client = await aPublicKey(db, application)
  const key = await aKeyPair()
  const thumbprint = await calculateJwkThumbprint(key.jwk, 'sha256')
  const push = async (other: Record<string, string>, proof: boolean) =>
    callOauth(
      POST,
      PATH,
      { ...asking(other), ...(await anAssertion(client, application.clientId)) },
      proof ? { headers: { dpop: await aProof(key, PATH) } } : {},
    )
  for (const [other, proof] of [
    [{}, true],
    [{ dpop_jkt: thumbprint }, false],
    [{ dpop_jkt: thumbprint }, true],
  ] as const) {
    expect((await push(other, proof)).status).toBe(201)
  }
  const rows = await requestsOf(application)
  expect(rows.map(({ jwkThumbprint }) => jwkThumbprint?.toString('base64url'))).toEqual(Array(3).fill(thumbprint))
  const other = await push({ dpop_jkt: sha256('other').toString('base64url') }, true)
  expect([other.status, other.body.error]).toEqual([400, 'invalid_dpop_proof'])
})

const LONG = 'x'.repeat(2001)

test('what is wrong with a request is told its client and written to the log, and nothing is kept', async () => {
  const application = await anApp('legacy')
  const cases: [Record<string, string>, string, string][] = [
    [asking({ redirect_uri: 'https://elsewhere.example/' }), 'invalid_request', 'the callback is not registered'],
    [asking({ redirect_uri: `${CALLBACK}/` }), 'invalid_request', 'the callback is not registered'],
    [asking({ redirect_uri: '' }), 'invalid_request', 'redirect_uri is missing'],
    [asking({ response_type: 'token' }), 'unsupported_response_type', 'response_type is not code'],
    [asking({ response_type: '' }), 'invalid_request', 'response_type is missing'],
    [asking({ response_mode: 'fragment' }), 'invalid_request', 'response_mode is not supported'],
    [asking({ prompt: 'none' }), 'interaction_required', 'prompt is none'],
    [asking({ scope: 'connect-ais' }), 'invalid_scope', 'no subscription to connect-ais'],
    [asking({ scope: 'psd2-ais connect-ais' }), 'invalid_scope', 'PSD2 and proprietary scopes are mixed'],
    [asking({ scope: 'openid' }), 'invalid_scope', 'a scope is not one that there is'],
    [asking({ scope: 'a"b' }), 'invalid_scope', 'scope is not a list of tokens'],
    [asking({ scope: '' }), 'invalid_scope', 'scope is missing'],
    [asking({ code_challenge: '' }), 'invalid_request', 'code_challenge is missing'],
    [asking({ code_challenge: 'abc' }), 'invalid_request', 'code_challenge is not a SHA-256 in base64url'],
    [asking({ code_challenge_method: 'plain' }), 'invalid_request', 'code_challenge_method is not S256'],
    [asking({ dpop_jkt: 'abc' }), 'invalid_request', 'dpop_jkt is not a SHA-256 in base64url'],
    [asking({ request_uri: 'urn:x' }), 'invalid_request', 'a pushed request names another one'],
    [asking({ request: 'x.y.z' }), 'request_not_supported', 'request objects are not supported'],
    [asking({ flowid: 'GetPSD2AuthCode' }), 'invalid_request', 'flowid cannot be pushed'],
    [
      asking({ authorization_details: '[{"type":"unknown"}]' }),
      'invalid_authorization_details',
      'authorization_details at 0.type is not a payment_initiation as it should be',
    ],
    [
      asking({ authorization_details: '{' }),
      'invalid_authorization_details',
      'authorization_details is not a payment_initiation as it should be',
    ],
    [asking({ state: LONG }), 'invalid_request', 'state is too long, or no text of ASCII'],
    [asking({ state: 'a\r\nb' }), 'invalid_request', 'state holds characters that it cannot.'],
    [asking({ state: 'caf\u00e9' }), 'invalid_request', 'state holds characters that it cannot.'],
    [asking({ client_id: '0'.repeat(32) }), 'invalid_request', CLIENT_DIFFERS],
  ]
  for (const [parameters, error, description] of cases) {
    const answer = await callOauth(POST, PATH, parameters, { basic: application })
    expect([answer.status, answer.body], description).toEqual([400, { error, error_description: description }])
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(lastDetail()).toBe(description)
  }
  expect(await requestsOf(application)).toEqual([])
})

test('a body that cannot be read is refused, told why and written to the log, and nothing is kept', async () => {
  const application = await anApp()
  for (const { what, body, query, headers, status, description, detail } of bodyFaults(asking(), 'redirect_uri')) {
    const answer = await callOauth(POST, `${PATH}${query ?? ''}`, body, { basic: application, headers: headers ?? {} })
    expect([answer.status, answer.body], what).toEqual([
      status,
      { error: 'invalid_request', error_description: description },
    ])
    if (status === 400) expect(lastDetail(), what).toBe(detail ?? description)
  }
  expect(await requestsOf(application)).toEqual([])
})

test('whoever is not an application pushes nothing', async () => {
  const application = await anApp()
  const nobody = await callOauth(POST, PATH, asking({ client_id: application.clientId }))
  expect([nobody.status, nobody.body]).toEqual([
    401,
    { error: 'invalid_client', error_description: 'Wrong credentials' },
  ])
  expect(lastDetail()).toBe('no client authentication')
  const core = await createCore(testContext(db, { kind: 'operator', name: 'test' }), { name: 'Core' })
  const ofCore = await callOauth(POST, PATH, asking(), { basic: core })
  expect([ofCore.status, ofCore.body]).toEqual([
    400,
    { error: 'unauthorized_client', error_description: 'A core asks nobody for consent.' },
  ])
  expect(await requestsOf(application)).toEqual([])
})
