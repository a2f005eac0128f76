import { eq } from 'drizzle-orm'
import { calculateJwkThumbprint } from 'jose'
import { expect, test } from 'vitest'
import { aCustomer, anApplication, aPerson } from '@/db/factories'
import { authorizationRequests } from '@/db/schema/oauth'
import { testContext, testDatabase } from '@/db/testing'
import { newOpaqueToken, sha256 } from '@/lib/core/secrets'
import { createCore } from '@/lib/credentials/create-core'
import { aKeyPair, anAssertion, aProof, aPublicKey, callOauth } from '@/lib/oauth/testing/call-oauth'
import { POST } from './route'

const { db } = await testDatabase()
const owner = await aPerson(db)
const customer = await aCustomer(db, owner.id)
const PATH = '/oauth2/par'
const CALLBACK = 'https://client.example/callback'

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

test('what is wrong with a request is told its client, and nothing is kept', async () => {
  const application = await anApp('legacy')
  const cases: [Record<string, string>, string][] = [
    [asking({ redirect_uri: 'https://elsewhere.example/' }), 'invalid_request'],
    [asking({ redirect_uri: '' }), 'invalid_request'],
    [asking({ response_type: 'token' }), 'unsupported_response_type'],
    [asking({ response_type: '' }), 'invalid_request'],
    [asking({ scope: 'connect-ais' }), 'invalid_scope'],
    [asking({ scope: 'psd2-ais connect-ais' }), 'invalid_scope'],
    [asking({ scope: '' }), 'invalid_scope'],
    [asking({ code_challenge: '' }), 'invalid_request'],
    [asking({ code_challenge_method: 'plain' }), 'invalid_request'],
    [asking({ request_uri: 'urn:x' }), 'invalid_request'],
    [asking({ request: 'x.y.z' }), 'request_not_supported'],
    [asking({ flowid: 'GetPSD2AuthCode' }), 'invalid_request'],
    [asking({ authorization_details: '[{"type":"unknown"}]' }), 'invalid_authorization_details'],
    [asking({ state: 'a\r\nb' }), 'invalid_request'],
  ]
  for (const [parameters, error] of cases) {
    const answer = await callOauth(POST, PATH, parameters, { basic: application })
    expect([answer.status, answer.body.error], JSON.stringify(parameters)).toEqual([400, error])
  }
  expect(await requestsOf(application)).toEqual([])
  const nobody = await callOauth(POST, PATH, asking({ client_id: application.clientId }))
  expect([nobody.status, nobody.body.error]).toEqual([401, 'invalid_client'])
  const core = await createCore(testContext(db, { kind: 'operator', name: 'test' }), { name: 'Core' })
  const ofCore = await callOauth(POST, PATH, asking(), { basic: core })
  expect([ofCore.status, ofCore.body.error]).toEqual([400, 'unauthorized_client'])
})
