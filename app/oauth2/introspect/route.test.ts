import { eq } from 'drizzle-orm'
import { createLocalJWKSet, jwtVerify } from 'jose'
import { expect, test } from 'vitest'
import { aConsent, aCustomer, anApplication, anAuthorizationCode, aPerson } from '@/db/factories'
import { consents } from '@/db/schema/consents'
import { testContext, testDatabase } from '@/db/testing'
import { requestInfoStorage } from '@/lib/context/request-info'
import { newOpaqueToken } from '@/lib/core/secrets'
import { createCore } from '@/lib/credentials/create-core'
import { callMachine } from '@/lib/http/testing'
import { issuer } from '@/lib/oauth/issuer'
import { basicOf, callOauth } from '@/lib/oauth/testing/call-oauth'
import { POST as issueFamilyA } from '../../oa2/v1/cc/token/route'
import { GET as status } from '../../oa2/v1/status/route'
import { GET as jwks } from '../jwks/route'
import { POST as revokeRoute } from '../revoke/route'
import { POST as tokenRoute } from '../token/route'
import { POST } from './route'

const { db } = await testDatabase()
const owner = await aPerson(db)
const customer = await aCustomer(db, owner.id)
const core = await createCore(testContext(db, { kind: 'operator', name: 'test' }), { name: 'Core' })

type Client = { clientId: string; clientSecret: string }
type Application = Awaited<ReturnType<typeof anApplication>>

async function introspect(client: Client, token: string, hint?: string) {
  const parameters = { token, ...(hint ? { token_type_hint: hint } : {}) }
  return (await callOauth(POST, '/oauth2/introspect', parameters, { basic: client })).body
}

function revoke(client: Client, token: string) {
  return callOauth(revokeRoute, '/oauth2/revoke', { token }, { basic: client })
}

async function aPair(application: Application, scopes = ['psd2-ais']) {
  const giver = await aPerson(db)
  const business = await aCustomer(db, giver.id)
  const consent = await aConsent(db, application, { personId: giver.id, customerId: business.id }, { scopes })
  const code = await anAuthorizationCode(db, application, [consent])
  const answer = await callOauth(
    tokenRoute,
    '/oauth2/token',
    {
      grant_type: 'authorization_code',
      code: code.code,
      redirect_uri: code.redirectUri,
      code_verifier: code.verifier,
    },
    { basic: application },
  )
  return { ...(answer.body as { access_token: string; refresh_token: string }), consent }
}

async function ofFamilyA(application: Application): Promise<string> {
  const { clientId, clientSecret } = application
  const body = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret, scope: 'app' }
  return (await callMachine(issueFamilyA, { body })).body.access_token as string
}

test('an application sees its own tokens and says nothing of the person; another one sees nothing', async () => {
  const application = await anApplication(db, customer.id)
  const other = await anApplication(db, customer.id)
  const pair = await aPair(application)
  const seen = await introspect(application, pair.access_token)
  expect(seen).toEqual({
    active: true,
    scope: 'psd2-ais',
    client_id: application.clientId,
    token_type: 'Bearer',
    exp: expect.any(Number),
    iat: expect.any(Number),
    iss: issuer(),
  })
  expect((seen.exp as number) - (seen.iat as number)).toBe(3600)
  for (const hint of ['refresh_token', 'access_token', 'anything']) {
    expect((await introspect(application, pair.access_token, hint)).active).toBe(true)
    const refresh = await introspect(application, pair.refresh_token, hint)
    expect([refresh.active, refresh.token_type]).toEqual([true, undefined])
  }
  expect(await introspect(other, pair.access_token)).toEqual({ active: false })
  expect(await introspect(other, pair.refresh_token)).toEqual({ active: false })
})

test('a core sees every token, with whom and for whom it was given', async () => {
  const application = await anApplication(db, customer.id)
  const { consent, ...pair } = await aPair(application)
  const seen = await introspect(core, pair.access_token)
  expect(seen).toMatchObject({
    active: true,
    client_id: application.clientId,
    environment: 'sandbox',
    sub: consent.personId,
    customer_id: consent.customerId,
    consent_id: consent.id,
    auth_time: Math.floor(consent.authTime.getTime() / 1000),
    amr: consent.amr,
  })
})

test('tokens of Family A are seen, and those of /oauth2 are none of Family A’s', async () => {
  const application = await anApplication(db, customer.id)
  const token = await ofFamilyA(application)
  expect(await introspect(application, token)).toMatchObject({ active: true, scope: 'app', token_type: 'Bearer' })
  expect((await introspect(core, token)).active).toBe(true)
  const answer = await callOauth(
    tokenRoute,
    '/oauth2/token',
    { grant_type: 'client_credentials' },
    { basic: application },
  )
  expect((await callMachine(status, { bearer: answer.body.access_token as string })).status).toBe(401)
})

test('what is no live token is inactive, whatever it is', async () => {
  const application = await anApplication(db, customer.id)
  const pair = await aPair(application)
  for (const token of [newOpaqueToken(), 'x', `${pair.access_token}x`]) {
    expect(await introspect(application, token)).toEqual({ active: false })
  }
})

test('without a client, or without a token, nothing is told', async () => {
  const application = await anApplication(db, customer.id)
  const pair = await aPair(application)
  const nobody = await callOauth(POST, '/oauth2/introspect', { token: pair.access_token })
  expect([nobody.status, nobody.body.error]).toEqual([401, 'invalid_client'])
  const missing = await callOauth(POST, '/oauth2/introspect', {}, { basic: application })
  expect([missing.status, missing.body]).toEqual([
    400,
    { error: 'invalid_request', error_description: 'token is missing.' },
  ])
  const json = await callOauth(POST, '/oauth2/introspect', '{"token":"x"}', {
    basic: application,
    headers: { 'content-type': 'application/json' },
  })
  expect(json.status).toBe(415)
})

test('a scope that left the consent is granted no longer', async () => {
  const application = await anApplication(db, customer.id)
  const pair = await aPair(application, ['psd2-ais', 'psd2-pis'])
  const keep = (scopes: string[]) => db.update(consents).set({ scopes }).where(eq(consents.id, pair.consent.id))
  await keep(['psd2-pis'])
  expect((await introspect(core, pair.access_token)).scope).toBe('psd2-pis')
  await keep(['connect-ais'])
  expect(await introspect(core, pair.access_token)).toEqual({ active: false })
})

test('a signed answer verifies with the published key, for this caller alone', async () => {
  const application = await anApplication(db, customer.id)
  const pair = await aPair(application)
  const keys = (await callMachine(jwks)).body as { keys: Record<string, unknown>[] }
  expect(keys.keys).toHaveLength(1)
  expect(keys.keys[0]).not.toHaveProperty('d')
  const response = await requestInfoStorage().run(
    { requestId: 'test', listener: 'development', address: '127.0.0.1', secure: false, certificate: null },
    () =>
      POST(
        new Request(`${issuer()}/oauth2/introspect`, {
          method: 'POST',
          body: new URLSearchParams({ token: pair.access_token }),
          headers: { authorization: basicOf(core), accept: 'application/token-introspection+jwt' },
        }),
      ),
  )
  expect(response.headers.get('content-type')).toBe('application/token-introspection+jwt')
  const { payload, protectedHeader } = await jwtVerify(await response.text(), createLocalJWKSet(keys as never), {
    issuer: issuer(),
    audience: core.clientId,
    typ: 'token-introspection+jwt',
  })
  expect(protectedHeader.alg).toBe('ES256')
  expect(payload.token_introspection).toMatchObject({ active: true, customer_id: pair.consent.customerId })
})

test('revocation by either token ends both, and Family A’s too', async () => {
  const application = await anApplication(db, customer.id)
  for (const which of ['access_token', 'refresh_token'] as const) {
    const pair = await aPair(application)
    const answer = await revoke(application, pair[which])
    expect([answer.status, answer.body]).toEqual([200, {}])
    expect(await introspect(application, pair.access_token)).toEqual({ active: false })
    expect(await introspect(application, pair.refresh_token)).toEqual({ active: false })
    expect((await revoke(application, pair[which])).status).toBe(200)
  }
  const token = await ofFamilyA(application)
  await revoke(application, token)
  expect((await callMachine(status, { bearer: token })).status).toBe(401)
})

test('revoking what is another’s, or nothing, looks alike and changes nothing', async () => {
  const application = await anApplication(db, customer.id)
  const other = await anApplication(db, customer.id)
  const pair = await aPair(application)
  for (const client of [other, core]) {
    for (const token of [pair.access_token, pair.refresh_token, newOpaqueToken(), 'x']) {
      const answer = await revoke(client, token)
      expect([answer.status, answer.body]).toEqual([200, {}])
    }
  }
  expect((await introspect(application, pair.access_token)).active).toBe(true)
  const missing = await callOauth(revokeRoute, '/oauth2/revoke', {}, { basic: application })
  expect([missing.status, missing.body.error]).toEqual([400, 'invalid_request'])
  const nobody = await callOauth(revokeRoute, '/oauth2/revoke', { token: pair.access_token })
  expect([nobody.status, nobody.body.error]).toEqual([401, 'invalid_client'])
})
