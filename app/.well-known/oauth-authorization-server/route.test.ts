import { decodeProtectedHeader, exportJWK, generateKeyPair } from 'jose'
import { expect, test } from 'vitest'
import { aCertificateChain, aCustomer, anAnchor, anApplication, aPerson } from '@/db/factories'
import { testDatabase } from '@/db/testing'
import { SCOPES } from '@/lib/applications/schema'
import { makeAuthority, makeClientChain } from '@/lib/certificates/testing/make-client-chain'
import { type RequestInfo, requestInfoStorage } from '@/lib/context/request-info'
import { newHexToken } from '@/lib/core/secrets'
import { env } from '@/lib/env/env'
import type { MachineHandler } from '@/lib/http/machine-endpoint'
import { callMachine } from '@/lib/http/testing'
import { issuer } from '@/lib/oauth/issuer'
import { anAssertion, aProof, aPublicKey, basicOf, callOauth, type TestKey } from '@/lib/oauth/testing/call-oauth'
import { matchMachineRoute } from '@/server/machine-routes'
import { GET } from './route'

const { db } = await testDatabase()
const owner = await aPerson(db)
const customer = await aCustomer(db, owner.id)
const metadata = (await callMachine(GET)).body as Record<string, string & string[]>

const PUSHED = {
  response_type: 'code',
  redirect_uri: 'https://client.example/callback',
  scope: 'psd2-ais',
  code_challenge: 'a'.repeat(43),
  code_challenge_method: 'S256',
}
const BODIES: Record<string, Record<string, string>> = {
  pushed_authorization_request_endpoint: PUSHED,
  token_endpoint: { grant_type: 'client_credentials' },
  introspection_endpoint: { token: 'x' },
  revocation_endpoint: { token: 'x' },
}

function served(url: string): { handler: MachineHandler; path: string } {
  const { pathname } = new URL(url)
  const route = matchMachineRoute(pathname)?.route
  const handler = route?.handlers.POST ?? route?.handlers.GET
  if (!handler) throw new Error(`${pathname} is not served`)
  return { handler, path: pathname }
}

function anApp(profile: 'standard' | 'fapi2' = 'standard') {
  return anApplication(db, customer.id, {
    profile,
    scopes: [...SCOPES],
    callback: 'https://client.example/callback',
  })
}

test('it names this issuer, and every endpoint that it names is served on that host', () => {
  expect(metadata.issuer).toBe(issuer())
  const named = Object.entries(metadata).filter(([name]) => /_endpoint$|^jwks_uri$/.test(name))
  expect(named.map(([name]) => name).sort()).toEqual([
    'authorization_endpoint',
    'introspection_endpoint',
    'jwks_uri',
    'pushed_authorization_request_endpoint',
    'revocation_endpoint',
    'token_endpoint',
  ])
  for (const [, url] of named) {
    expect(new URL(url).origin).toBe(env().publicUrl.origin)
    const rule = matchMachineRoute(new URL(url).pathname)?.route.host
    expect(['1', '1|2']).toContain(rule)
  }
  const aliases = Object.entries(metadata.mtls_endpoint_aliases as unknown as Record<string, string>)
  expect(aliases.map(([name]) => name).sort()).toEqual(
    named
      .filter(([, url]) => matchMachineRoute(new URL(url).pathname)?.route.host === '1|2')
      .map(([name]) => name)
      .sort(),
  )
  for (const [, url] of aliases) expect(new URL(url).origin).toBe(env().apiUrl.origin)
})

test('it has these members and no other', () => {
  expect(Object.keys(metadata).sort()).toEqual([
    'authorization_details_types_supported',
    'authorization_endpoint',
    'authorization_response_iss_parameter_supported',
    'code_challenge_methods_supported',
    'dpop_signing_alg_values_supported',
    'grant_types_supported',
    'introspection_endpoint',
    'introspection_endpoint_auth_methods_supported',
    'introspection_endpoint_auth_signing_alg_values_supported',
    'introspection_signing_alg_values_supported',
    'issuer',
    'jwks_uri',
    'mtls_endpoint_aliases',
    'pushed_authorization_request_endpoint',
    'require_pushed_authorization_requests',
    'response_modes_supported',
    'response_types_supported',
    'revocation_endpoint',
    'revocation_endpoint_auth_methods_supported',
    'revocation_endpoint_auth_signing_alg_values_supported',
    'scopes_supported',
    'tls_client_certificate_bound_access_tokens',
    'token_endpoint',
    'token_endpoint_auth_methods_supported',
    'token_endpoint_auth_signing_alg_values_supported',
  ])
})

test('its answers name the issuer as it says, and need not be pushed but for fapi2', async () => {
  expect(metadata.authorization_response_iss_parameter_supported).toBe(true)
  expect(metadata.require_pushed_authorization_requests).toBe(false)
  const { handler } = served(metadata.authorization_endpoint as string)
  const open = async (clientId: string, other: Record<string, string> = {}) => {
    const query = new URLSearchParams({ ...PUSHED, client_id: clientId, ...other })
    return requestInfoStorage().run(
      { requestId: 'test', listener: 'development', address: '127.0.0.1', secure: false, certificate: null },
      async () =>
        new URL(
          (await handler(new Request(`${metadata.authorization_endpoint}?${query}`))).headers.get('location') ?? '',
        ),
    )
  }
  const { clientId } = await anApp()
  expect((await open(clientId)).pathname).toMatch(/^\/consent\//)
  expect((await open(clientId, { response_type: 'token' })).searchParams.get('iss')).toBe(metadata.issuer)
  const strict = await anApp('fapi2')
  expect((await open(strict.clientId)).searchParams.get('error')).toBe('invalid_request')
})

test('tokens are bound to the certificate that came along, and a signed answer is by the algorithm that it names', async () => {
  expect(metadata.tls_client_certificate_bound_access_tokens).toBe(true)
  const application = await anApp()
  const root = makeAuthority('Another trusted root', new Date())
  await anAnchor(db, root.der)
  const chain = makeClientChain({ root })
  await aCertificateChain(db, application, chain)
  const certificate = { sha256: chain.sha256, der: chain.leaf } as NonNullable<RequestInfo['certificate']>
  const token = served(metadata.token_endpoint as string)
  const init = { basic: application, info: { certificate } }
  const { body } = await callOauth(token.handler, token.path, { grant_type: 'client_credentials' }, init)
  const introspection = served(metadata.introspection_endpoint as string)
  const parameters = { token: body.access_token as string }
  const seen = await callOauth(introspection.handler, introspection.path, parameters, { basic: application })
  expect(seen.body.cnf).toEqual({ 'x5t#S256': Buffer.from(chain.sha256, 'hex').toString('base64url') })
  const signed = await requestInfoStorage().run(
    { requestId: 'test', listener: 'development', address: '127.0.0.1', secure: false, certificate: null },
    async () =>
      (
        await introspection.handler(
          new Request(metadata.introspection_endpoint as string, {
            method: 'POST',
            body: new URLSearchParams(parameters),
            headers: { authorization: basicOf(application), accept: 'application/token-introspection+jwt' },
          }),
        )
      ).text(),
  )
  expect([decodeProtectedHeader(signed).alg]).toEqual(metadata.introspection_signing_alg_values_supported)
})

test('every grant that it names is one, and no other', async () => {
  const { handler, path } = served(metadata.token_endpoint as string)
  const others = ['password', 'implicit', 'urn:ietf:params:oauth:grant-type:device_code', 'toString', '__proto__']
  const application = await anApp()
  for (const grant of [...(metadata.grant_types_supported as string[]), ...others]) {
    const answer = await callOauth(handler, path, { grant_type: grant }, { basic: application })
    const isRefused = answer.body.error === 'unsupported_grant_type'
    expect(isRefused, grant).toBe(others.includes(grant))
  }
})

test('each way of authenticating that it names works at each endpoint, and no other', async () => {
  const root = makeAuthority('Trusted root', new Date())
  await anAnchor(db, root.der)
  const application = await anApp()
  const key = await aPublicKey(db, application)
  const chain = makeClientChain({ root })
  await aCertificateChain(db, application, chain)
  const certificate = { sha256: chain.sha256, der: chain.leaf } as NonNullable<RequestInfo['certificate']>
  const { clientId, clientSecret } = application
  const ways: Record<string, () => Promise<[Record<string, string>, Parameters<typeof callOauth>[3]]>> = {
    client_secret_basic: async () => [{}, { basic: application }],
    client_secret_post: async () => [{ client_id: clientId, client_secret: clientSecret }, {}],
    private_key_jwt: async () => [await anAssertion(key, clientId), {}],
    tls_client_auth: async () => [{ client_id: clientId }, { info: { certificate } }],
    none: async () => [{ client_id: clientId }, {}],
  }
  for (const [endpoint, body] of Object.entries(BODIES)) {
    const { handler, path } = served(metadata[endpoint] as string)
    // RFC 9126 §5: of pushed requests it says nothing, as they are authenticated like token requests.
    const isPushed = endpoint === 'pushed_authorization_request_endpoint'
    const good = isPushed ? 201 : 200
    const told = isPushed ? 'token_endpoint' : endpoint
    const named = metadata[`${told}_auth_methods_supported`] as string[]
    for (const [method, present] of Object.entries(ways)) {
      const [parameters, init] = await present()
      const { status } = await callOauth(handler, path, { ...body, ...parameters }, init)
      expect(status, `${endpoint} ${method}`).toBe(named.includes(method) ? good : 401)
    }
    expect(named.filter((method) => !(method in ways))).toEqual([])
  }
})

test('each algorithm that it names is taken, of assertions and of proofs, and no other', async () => {
  const application = await anApp()
  const { handler, path } = served(metadata.token_endpoint as string)
  const grant = { grant_type: 'client_credentials' }
  for (const alg of ['PS256', 'ES256', 'EdDSA', 'RS256', 'PS384', 'ES384']) {
    const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
    const jwk = await exportJWK(publicKey)
    const proof = await aProof({ privateKey, jwk }, path, {}, { alg })
    const proved = await callOauth(handler, path, grant, { basic: application, headers: { dpop: proof } })
    const isNamedForProofs = metadata.dpop_signing_alg_values_supported?.includes(alg)
    expect(proved.status, `DPoP ${alg}`).toBe(isNamedForProofs ? 200 : 400)
    for (const endpoint of ['token_endpoint', 'introspection_endpoint', 'revocation_endpoint']) {
      const isNamed = metadata[`${endpoint}_auth_signing_alg_values_supported`]?.includes(alg)
      const kept = isNamed ? await aPublicKey(db, application, alg as TestKey['alg']) : null
      const key = kept ?? ({ id: '', kid: 'x', alg, jwk, privateKey } as unknown as TestKey)
      const at = served(metadata[endpoint] as string)
      const parameters = { ...BODIES[endpoint], ...(await anAssertion(key, application.clientId)) }
      const asserted = await callOauth(at.handler, at.path, parameters, { address: newHexToken() })
      expect(asserted.status, `${endpoint} ${alg}`).toBe(isNamed ? 200 : 401)
    }
  }
})

test('each scope, response type and challenge method that it names is taken, and no other', async () => {
  const application = await anApp()
  const token = served(metadata.token_endpoint as string)
  for (const scope of [...(metadata.scopes_supported as string[]), 'openid', 'offline_access']) {
    const parameters = { grant_type: 'client_credentials', scope }
    const { status } = await callOauth(token.handler, token.path, parameters, { basic: application })
    expect(status, scope).toBe(metadata.scopes_supported?.includes(scope) ? 200 : 400)
  }
  const par = served(metadata.pushed_authorization_request_endpoint as string)
  const payment = {
    type: 'payment_initiation',
    instructedAmount: { currency: 'EUR', amount: '1.00' },
    creditorName: 'Name',
    creditorAccount: { iban: 'IT60X0542811101000000123456' },
  }
  const variants: [string, string, Record<string, string>][] = [
    ['response_types_supported', 'code', {}],
    ['response_types_supported', 'token', { response_type: 'token' }],
    ['response_types_supported', 'code id_token', { response_type: 'code id_token' }],
    ['response_modes_supported', 'query', { response_mode: 'query' }],
    ['response_modes_supported', 'fragment', { response_mode: 'fragment' }],
    ['response_modes_supported', 'form_post', { response_mode: 'form_post' }],
    ['code_challenge_methods_supported', 'S256', {}],
    ['code_challenge_methods_supported', 'plain', { code_challenge_method: 'plain' }],
    [
      'authorization_details_types_supported',
      'payment_initiation',
      { authorization_details: JSON.stringify([payment]) },
    ],
    [
      'authorization_details_types_supported',
      'account_information',
      { authorization_details: '[{"type":"account_information"}]' },
    ],
  ]
  for (const [member, value, other] of variants) {
    const { status } = await callOauth(par.handler, par.path, { ...PUSHED, ...other }, { basic: application })
    expect(status, `${member} ${value}`).toBe((metadata[member] as string[]).includes(value) ? 201 : 400)
  }
})
