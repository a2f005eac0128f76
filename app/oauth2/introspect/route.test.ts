import { eq } from 'drizzle-orm'
import { createLocalJWKSet, jwtVerify } from 'jose'
import { beforeEach, expect, test, vi } from 'vitest'
import {
  aCertificateChain,
  aConsent,
  aCustomer,
  anAccount,
  anAnchor,
  anApplication,
  anAuthorizationCode,
  aPerson,
} from '@/db/factories'
import { applicationEnvironments } from '@/db/schema/applications'
import { connections } from '@/db/schema/connections'
import { consents } from '@/db/schema/consents'
import { memberships } from '@/db/schema/customers'
import { testContext, testDatabase } from '@/db/testing'
import { type ClientChain, makeAuthority, makeClientChain } from '@/lib/certificates/testing/make-client-chain'
import { requestInfoStorage } from '@/lib/context/request-info'
import { newWireId } from '@/lib/core/ids'
import { newHexToken, newOpaqueToken, sha256 } from '@/lib/core/secrets'
import { createCore } from '@/lib/credentials/create-core'
import { env } from '@/lib/env/env'
import { callMachine } from '@/lib/http/testing'
import { log } from '@/lib/log/log'
import { issuer } from '@/lib/oauth/issuer'
import { bodyFaults } from '@/lib/oauth/testing/body-faults'
import { basicOf, callOauth } from '@/lib/oauth/testing/call-oauth'
import { POST as issueForConnection } from '../../oa2/v1/ac/token/route'
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

const logged = vi.spyOn(log(), 'info')
beforeEach(() => void logged.mockClear())

function lastDetail(): string {
  return (logged.mock.calls.at(-1)?.[0] as unknown as { detail?: string } | undefined)?.detail ?? ''
}

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

test('a request that cannot be read is refused, told why and written to the log', async () => {
  const application = await anApplication(db, customer.id)
  const { access_token: token } = await aPair(application)
  for (const { what, body, query, headers, status, description, detail } of bodyFaults({ token }, 'token')) {
    const answer = await callOauth(POST, `/oauth2/introspect${query ?? ''}`, body, {
      basic: application,
      headers: headers ?? {},
    })
    expect([answer.status, answer.body], what).toEqual([
      status,
      { error: 'invalid_request', error_description: description },
    ])
    if (status === 400) expect(lastDetail(), what).toBe(detail ?? description)
  }
})

test('why a token is inactive stands in the log alone', async () => {
  const application = await anApplication(db, customer.id)
  const other = await anApplication(db, customer.id)
  const pair = await aPair(application)
  for (const [client, token, detail] of [
    [other, pair.access_token, 'the token is of another application'],
    [other, pair.refresh_token, 'the token is of another application'],
    [core, newOpaqueToken(), 'the token is unknown, expired or revoked'],
    [core, pair.access_token.slice(1), 'the token is unknown, expired or revoked'],
    [core, "' or 1=1 --", 'the token is unknown, expired or revoked'],
  ] as const) {
    expect(await introspect(client, token)).toEqual({ active: false })
    expect(lastDetail()).toBe(detail)
  }
  await db
    .update(consents)
    .set({ scopes: ['connect-ais'] })
    .where(eq(consents.id, pair.consent.id))
  expect(await introspect(application, pair.access_token)).toEqual({ active: false })
  expect(lastDetail()).toBe('nothing of its scopes is granted any more')
})

test('a core sees of a connection token which one it is, who granted it and for whom; also of its refresh token', async () => {
  const application = await anApplication(db, customer.id)
  const pair = await aConnectionPair(application)
  const known = {
    active: true,
    scope: 'app',
    client_id: application.clientId,
    connection_id: pair.connectionId,
    sub: pair.grantedBy,
    customer_id: pair.customerId,
    environment: 'sandbox',
  }
  const seen = await introspect(core, pair.access_token)
  expect(seen).toMatchObject({ ...known, token_type: 'Bearer' })
  expect((seen.exp as number) - (seen.iat as number)).toBe(3600)
  const ofRefresh = await introspect(core, pair.refresh_token)
  expect(ofRefresh).toMatchObject(known)
  expect((ofRefresh.exp as number) - (ofRefresh.iat as number)).toBe(180 * 24 * 3600)
  for (const token of [pair.access_token, pair.refresh_token]) {
    const own = await introspect(application, token)
    expect(own.active).toBe(true)
    for (const member of ['connection_id', 'sub', 'customer_id', 'environment']) expect(own).not.toHaveProperty(member)
  }
})

test('tokens of Family A are inactive once their application is of fapi2, or who granted the connection has left', async () => {
  const application = await anApplication(db, customer.id)
  const token = await ofFamilyA(application)
  const pair = await aConnectionPair(application)
  const all = [token, pair.access_token, pair.refresh_token]
  const states = async () => Promise.all(all.map(async (one) => (await introspect(core, one)).active))
  const become = (profile: string) =>
    db.update(applicationEnvironments).set({ profile }).where(eq(applicationEnvironments.applicationId, application.id))
  expect(await states()).toEqual([true, true, true])
  await become('fapi2')
  expect(await states()).toEqual([false, false, false])
  await become('legacy')
  expect(await states()).toEqual([true, true, true])
  await db.update(memberships).set({ endedAt: new Date() }).where(eq(memberships.personId, pair.grantedBy))
  expect(await states()).toEqual([true, false, false])
})

/** A connection that a new person has granted for their business, and its tokens of Family A. */
async function aConnectionPair(application: Application) {
  const granter = await aPerson(db)
  const business = await aCustomer(db, granter.id)
  const account = await anAccount(db, business.id)
  const code = newHexToken()
  const connectionId = newWireId('connection')
  await db.insert(connections).values({
    id: connectionId,
    applicationId: application.id,
    environment: 'sandbox',
    accountId: account.id,
    customerId: business.id,
    grantedBy: granter.id,
    grantedAt: new Date(),
    codeHash: sha256(code),
    codeHint: code.slice(-5),
    codeSealed: Buffer.from('sealed'),
    codeSealedUntil: new Date(Date.now() + 600_000),
  })
  const { clientId, clientSecret } = application
  const client = { client_id: clientId, client_secret: clientSecret, scope: 'app' }
  const { body } = await callMachine(issueForConnection, {
    body: { ...client, grant_type: 'authorization_code', code },
  })
  const pair = body as { access_token: string; refresh_token: string }
  return { ...pair, connectionId, grantedBy: granter.id, customerId: business.id }
}

test('a core calls either host; one that is bound to a certificate the 2-way one, with that', async () => {
  const application = await anApplication(db, customer.id)
  const { access_token: token } = await aPair(application)
  const root = makeAuthority('Trusted root', new Date())
  await anAnchor(db, root.der)
  const [own, stranger, submitted] = [makeClientChain(), makeClientChain(), makeClientChain({ root })]
  await aCertificateChain(db, application, submitted)
  const operator = testContext(db, { kind: 'operator', name: 'test' })
  const bound = await createCore(operator, { name: newHexToken(), certificate: own.leaf })
  const ask = (client: Client, chain: ClientChain | null) =>
    callOauth(
      POST,
      '/oauth2/introspect',
      { token },
      {
        basic: client,
        address: newHexToken(),
        info: chain
          ? { listener: '2', host: '1|2', certificate: { sha256: chain.sha256, der: chain.leaf } }
          : { listener: '1', host: '1|2' },
      },
    )
  for (const [client, chain, status] of [
    [core, null, 200],
    [core, stranger, 200],
    [core, submitted, 401],
    [bound, own, 200],
    [bound, stranger, 401],
    [bound, submitted, 401],
    [bound, null, 421],
    [{ ...bound, clientSecret: core.clientSecret }, own, 401],
    [{ ...bound, clientSecret: core.clientSecret }, null, 401],
  ] as const) {
    const answer = await ask(client, chain)
    expect(answer.status).toBe(status)
    if (status === 200) expect(answer.body).toMatchObject({ active: true, sub: expect.any(String) })
    if (status === 421) expect(answer.body.host).toBe(env().apiUrl.origin)
    if (status === 401) expect(answer.body).toEqual({ error: 'invalid_client', error_description: 'Wrong credentials' })
  }
  await ask(core, submitted)
  expect(lastDetail()).toBe(`the certificate ${submitted.sha256} is not the core's`)
  const certified = await callOauth(
    POST,
    '/oauth2/introspect',
    { token, client_id: bound.clientId },
    { info: { listener: '2', host: '1|2', certificate: { sha256: own.sha256, der: own.leaf } } },
  )
  expect(certified.status).toBe(401)
  // A chain with its leaf that came before that was refused does not shut it out, whatever became of the chain.
  await aCertificateChain(db, application, own, { revokedAt: new Date() })
  expect((await ask(bound, own)).status).toBe(200)
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
  const answered = async (token: string) =>
    requestInfoStorage().run(
      { requestId: 'test', listener: 'development', address: '127.0.0.1', secure: false, certificate: null },
      () =>
        POST(
          new Request(`${issuer()}/oauth2/introspect`, {
            method: 'POST',
            body: new URLSearchParams({ token }),
            headers: { authorization: basicOf(core), accept: 'application/token-introspection+jwt' },
          }),
        ),
    )
  const response = await answered(pair.access_token)
  expect(response.headers.get('content-type')).toBe('application/token-introspection+jwt')
  const { payload, protectedHeader } = await jwtVerify(await response.text(), createLocalJWKSet(keys as never), {
    issuer: issuer(),
    audience: core.clientId,
    typ: 'token-introspection+jwt',
  })
  expect(protectedHeader.alg).toBe('ES256')
  expect(payload.token_introspection).toMatchObject({ active: true, customer_id: pair.consent.customerId })
  // RFC 9701 §5: of a token that is not active it says that alone, signed as well.
  const inactive = await answered(newOpaqueToken())
  expect([inactive.status, inactive.headers.get('content-type')]).toEqual([200, 'application/token-introspection+jwt'])
  const signed = await jwtVerify(await inactive.text(), createLocalJWKSet(keys as never), { audience: core.clientId })
  expect(signed.payload.token_introspection).toEqual({ active: false })
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
