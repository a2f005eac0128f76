import { eq } from 'drizzle-orm'
import { calculateJwkThumbprint, exportJWK } from 'jose'
import { beforeEach, expect, test, vi } from 'vitest'
import {
  aCertificateChain,
  aConsent,
  aCustomer,
  anAnchor,
  anApplication,
  anAuthorizationCode,
  aPerson,
} from '@/db/factories'
import { applicationEnvironments } from '@/db/schema/applications'
import { certificateChains } from '@/db/schema/certificates'
import { applicationPublicKeys } from '@/db/schema/credentials'
import { testContext, testDatabase } from '@/db/testing'
import { bumpTrustStore } from '@/lib/certificates/bump-trust-store'
import { refreshRevocation, revocationOf } from '@/lib/certificates/revocation/verdicts'
import { makeAuthority, makeClientChain } from '@/lib/certificates/testing/make-client-chain'
import type { RequestInfo } from '@/lib/context/request-info'
import { newHexToken, sha256 } from '@/lib/core/secrets'
import { addMs } from '@/lib/core/time'
import { createCore } from '@/lib/credentials/create-core'
import { env } from '@/lib/env/env'
import { log } from '@/lib/log/log'
import { issuer } from '@/lib/oauth/issuer'
import { aKeyPair, anAssertion, aProof, aPublicKey, callOauth, type TestKey } from '@/lib/oauth/testing/call-oauth'
import { POST as introspectRoute } from '../introspect/route'
import { POST } from './route'

const { db } = await testDatabase()
const owner = await aPerson(db)
const customer = await aCustomer(db, owner.id)
const root = makeAuthority('Trusted root', new Date())
for (const environment of ['sandbox', 'production']) await anAnchor(db, root.der, { environment })
const refusals = vi.spyOn(log(), 'info')
beforeEach(() => void refusals.mockClear())

type Application = Awaited<ReturnType<typeof anApplication>>
type Init = Parameters<typeof callOauth>[3]
const PATH = '/oauth2/token'
const GRANT = { grant_type: 'client_credentials' }

function token(parameters: Record<string, string>, init: Init = {}) {
  return callOauth(POST, PATH, parameters, { address: newHexToken(), ...init })
}

function lastReason(): string {
  return (refusals.mock.calls.at(-1)?.[0] as unknown as { detail?: string } | undefined)?.detail ?? ''
}

function anApp(profile: 'legacy' | 'standard' | 'fapi2') {
  return anApplication(db, customer.id, { profile, scopes: ['psd2-ais'] })
}

/** On the 2-way host with the leaf of that chain. */
function over(chain: { leaf: Buffer; sha256: string }): Partial<RequestInfo> {
  const certificate = { sha256: chain.sha256, der: chain.leaf } as NonNullable<RequestInfo['certificate']>
  return { listener: '2', host: '1|2', certificate }
}

async function withCertificate(application: Application) {
  const chain = makeClientChain({ root })
  const { id } = await aCertificateChain(db, application, chain)
  await db
    .update(applicationEnvironments)
    .set({ mtlsRequired: true })
    .where(eq(applicationEnvironments.applicationId, application.id))
  return { ...chain, id }
}

async function aCode(application: Application) {
  const consent = await aConsent(db, application, { personId: owner.id, customerId: customer.id })
  const code = await anAuthorizationCode(db, application, [consent])
  return {
    grant_type: 'authorization_code',
    code: code.code,
    redirect_uri: code.redirectUri,
    code_verifier: code.verifier,
  }
}

async function introspect(application: Application, accessToken: unknown, init: Init) {
  const parameters = {
    ...(init?.basic ? {} : { client_id: application.clientId }),
    token: accessToken as string,
  }
  return (await callOauth(introspectRoute, '/oauth2/introspect', parameters, init)).body
}

test('private_key_jwt: an assertion by each algorithm, for the issuer or an endpoint, by either kind of profile', async () => {
  for (const alg of ['ES256', 'PS256', 'EdDSA'] as const) {
    const application = await anApp('standard')
    const key = await aPublicKey(db, application, alg)
    const { clientId } = application
    const audiences = [issuer(), [issuer()], `${issuer()}${PATH}`, `${env().apiUrl.origin}${PATH}`]
    for (const aud of audiences) {
      const assertion = await anAssertion(key, clientId, { aud })
      expect((await token({ ...GRANT, ...assertion })).status).toBe(200)
    }
    const { client_id: _, ...unnamed } = await anAssertion(key, clientId)
    expect((await token({ ...GRANT, ...unnamed })).status).toBe(200)
    const typed = await anAssertion(key, clientId, {}, { typ: 'client-authentication+jwt' })
    expect((await token({ ...GRANT, ...typed })).status).toBe(200)
    const unkeyed = await anAssertion(key, clientId, {}, { kid: undefined })
    expect((await token({ ...GRANT, ...unkeyed })).status).toBe(200)
  }
})

test('every assertion that is not good is 401 invalid_client; the log says which claim', async () => {
  const application = await anApp('standard')
  const other = await anApp('standard')
  const key = await aPublicKey(db, application)
  const stranger = { ...(await aKeyPair()), id: 'x', kid: key.kid, alg: 'ES256' } as TestKey
  const now = Math.floor(Date.now() / 1000)
  const { clientId } = application
  const once = await anAssertion(key, clientId)
  expect((await token({ ...GRANT, ...once })).status).toBe(200)
  const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.x`
  const symmetric = `${Buffer.from('{"alg":"HS256"}').toString('base64url')}.e30.x`
  const cases: [Record<string, string>, string][] = [
    [once, 'was used before'],
    [await anAssertion(stranger, clientId), 'the signature is not by the client’s key'],
    [await anAssertion(key, clientId, {}, { kid: 'other' }), 'the client has no ES256 key of that kid'],
    [await anAssertion(key, clientId, {}, { typ: 'dpop+jwt' }), 'is of type dpop+jwt'],
    [await anAssertion(key, clientId, { iss: other.clientId }), 'iss is not the client'],
    [await anAssertion(key, clientId, { sub: other.clientId }), 'sub is not the client'],
    [await anAssertion(key, clientId, { aud: 'https://elsewhere.example' }), 'aud is neither'],
    [await anAssertion(key, clientId, { aud: undefined }), 'aud is neither'],
    [await anAssertion(key, clientId, { exp: now - 11 }), 'has expired'],
    [await anAssertion(key, clientId, { exp: undefined }), 'exp is missing'],
    [await anAssertion(key, clientId, { exp: 'soon' }), 'exp is missing'],
    [await anAssertion(key, clientId, { exp: now + 4000 }), 'lives longer than an hour'],
    [await anAssertion(key, clientId, { nbf: now + 60 }), 'nbf is in the future'],
    [await anAssertion(key, clientId, { iat: now + 60 }), 'iat is in the future'],
    [await anAssertion(key, clientId, { jti: undefined }), 'jti is missing'],
    [await anAssertion(key, clientId, { jti: 'x'.repeat(300) }), 'jti is missing or too long'],
    [{ ...once, client_assertion: unsigned }, 'not a compact JWS'],
    [{ ...once, client_assertion: symmetric }, 'not a compact JWS'],
    [{ ...once, client_assertion: 'a.b' }, 'not a compact JWS'],
    [{ ...once, client_assertion_type: 'urn:other' }, 'client_assertion_type is not jwt-bearer'],
    [{ client_assertion_type: once.client_assertion_type as string }, 'client_assertion is missing'],
    [await anAssertion(key, other.clientId), 'the client has no ES256 key'],
  ]
  for (const [assertion, reason] of cases) {
    const answer = await token({ ...GRANT, ...assertion })
    expect([answer.status, answer.body.error], reason).toEqual([401, 'invalid_client'])
    expect(lastReason()).toContain(reason)
  }
})

test('of many uses of one assertion at once one counts', async () => {
  const application = await anApp('standard')
  const assertion = await anAssertion(await aPublicKey(db, application), application.clientId)
  const answers = await Promise.all(Array.from({ length: 20 }, () => token({ ...GRANT, ...assertion })))
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
})

test('a revoked public key is no key any more, and the tokens that it minted are dead', async () => {
  const application = await anApp('standard')
  const key = await aPublicKey(db, application)
  const answer = await token({ ...GRANT, ...(await anAssertion(key, application.clientId)) })
  const seen = async () =>
    (
      await callOauth(
        introspectRoute,
        '/oauth2/introspect',
        { token: answer.body.access_token as string },
        { basic: application },
      )
    ).body.active
  expect(await seen()).toBe(true)
  await db.update(applicationPublicKeys).set({ revokedAt: new Date() }).where(eq(applicationPublicKeys.id, key.id))
  expect(await seen()).toBe(false)
  expect((await token({ ...GRANT, ...(await anAssertion(key, application.clientId)) })).status).toBe(401)
})

test('each profile takes the methods of its row', async () => {
  for (const [profile, allowed] of [
    ['legacy', [200, 200, 401]],
    ['standard', [200, 200, 200]],
    ['fapi2', [401, 401, 200]],
  ] as const) {
    const application = await anApp(profile)
    const key = await aPublicKey(db, application)
    const { clientId, clientSecret } = application
    const proof = async () => ({ dpop: await aProof(await aKeyPair(), PATH) })
    const answers = [
      await token(GRANT, { basic: application, headers: await proof() }),
      await token({ ...GRANT, client_id: clientId, client_secret: clientSecret }, { headers: await proof() }),
      await token({ ...GRANT, ...(await anAssertion(key, clientId)) }, { headers: await proof() }),
    ]
    expect(answers.map(({ status }) => status)).toEqual(allowed)
    const chain = await withCertificate(application)
    const tls = await token({ ...GRANT, client_id: clientId }, { info: over(chain) })
    expect(tls.status).toBe(profile === 'legacy' ? 401 : 200)
  }
})

test('tls_client_auth: the client’s own active certificate, and its tokens are bound to it', async () => {
  const application = await anApp('standard')
  const chain = await withCertificate(application)
  const { clientId } = application
  const answer = await token({ ...GRANT, client_id: clientId }, { info: over(chain) })
  expect(answer.body.token_type).toBe('Bearer')
  const seen = await introspect(application, answer.body.access_token, { info: over(chain) })
  const thumbprint = Buffer.from(chain.sha256, 'hex').toString('base64url')
  expect(seen).toMatchObject({ active: true, cnf: { 'x5t#S256': thumbprint } })

  const foreign = await withCertificate(await anApp('standard'))
  const wrong = await token({ ...GRANT, client_id: clientId }, { info: over(foreign) })
  expect([wrong.status, wrong.body.error]).toEqual([401, 'invalid_client'])
  expect(lastReason()).toMatch(/is not one that this client submitted/)
  const secret = await token(GRANT, { basic: application, info: over(foreign) })
  expect([secret.status, secret.body.error]).toEqual([401, 'invalid_client'])

  await db.update(certificateChains).set({ revokedAt: new Date() }).where(eq(certificateChains.id, chain.id))
  const revoked = await token({ ...GRANT, client_id: clientId }, { info: over(chain) })
  expect([revoked.status, revoked.body.code]).toEqual([403, 'certificate-revoked'])
})

test('a leaf that the sandbox puts up with is refused where the environment of the client demands an answer', async () => {
  const application = await anApplication(db, customer.id, { environment: 'production', scopes: ['psd2-ais'] })
  const chain = await withCertificate(application)
  await aCertificateChain(db, await anApp('standard'), chain, { keySha256: null })
  await db.transaction((tx) => bumpTrustStore(tx, new Date()))
  await refreshRevocation(db)
  expect(revocationOf(chain.sha256, new Date())).toMatchObject({ allowed: true })

  const refused = await token(GRANT, { basic: application, info: over(chain) })
  expect([refused.status, refused.body.code]).toEqual([403, 'certificate-revocation-unknown'])
  expect(refusals).toHaveBeenLastCalledWith(
    expect.objectContaining({ revocation: { verdict: 'unknown', ageSeconds: null } }),
    'refused',
  )
  const { clientId, clientSecret } = application
  const parameters = { token: newHexToken(), client_id: clientId, client_secret: clientSecret }
  const asked = await callOauth(introspectRoute, '/oauth2/introspect', parameters, { info: over(chain) })
  expect([asked.status, asked.body.code]).toEqual([403, 'certificate-revocation-unknown'])
})

test('what was known of revocation is in the log of a call that succeeds', async () => {
  const application = await anApp('standard')
  const chain = await withCertificate(application)
  await db.transaction((tx) => bumpTrustStore(tx, new Date()))
  await refreshRevocation(db)
  expect((await token(GRANT, { basic: application, info: over(chain) })).status).toBe(200)
  expect(refusals).toHaveBeenLastCalledWith(
    expect.objectContaining({ chainId: chain.id, revocation: { verdict: 'unknown', ageSeconds: null } }),
    'client authenticated',
  )
})

test('a chain that memory does not get passes for two seconds, and then no longer where an answer is demanded', async () => {
  const broken = { execute: () => Promise.reject(new Error('no connection')) } as unknown as typeof db
  const application = await anApplication(db, customer.id, { environment: 'production', scopes: ['psd2-ais'] })
  const chain = await withCertificate(application)
  const call = async () => {
    await expect(refreshRevocation(broken)).rejects.toThrow('no connection')
    return token(GRANT, { basic: application, info: over(chain) })
  }
  const approved = (secondsAgo: number) =>
    db
      .update(certificateChains)
      .set({ approvedAt: addMs(new Date(), -1000 * secondsAgo) })
      .where(eq(certificateChains.id, chain.id))
  await approved(0)
  expect((await call()).status).toBe(200)
  await approved(3)
  expect((await call()).body.code).toBe('certificate-revocation-unknown')
})

test('the wrong host is told after client authentication only', async () => {
  const application = await anApp('standard')
  const chain = await withCertificate(application)
  const oneWay = await token(GRANT, { basic: application, info: { listener: '1', host: '1|2' } })
  expect([oneWay.status, oneWay.body.host]).toEqual([421, env().apiUrl.origin])
  const wrong = { ...application, clientSecret: 'wrong' }
  expect((await token(GRANT, { basic: wrong, info: { listener: '1', host: '1|2' } })).status).toBe(401)
  expect((await token(GRANT, { basic: application, info: over(chain) })).status).toBe(200)
})

test('an expired chain does not open the 1-way host again', async () => {
  const application = await anApp('standard')
  const chain = await withCertificate(application)
  await db
    .update(certificateChains)
    .set({ notAfter: addMs(new Date(), -1000) })
    .where(eq(certificateChains.id, chain.id))
  const oneWay = await token(GRANT, { basic: application, info: { listener: '1', host: '1|2' } })
  expect([oneWay.status, oneWay.body.host]).toEqual([421, env().apiUrl.origin])
  const twoWay = await token(GRANT, { basic: application, info: over(chain) })
  expect([twoWay.status, twoWay.body.code]).toEqual([403, 'certificate-expired'])
})

test('the chosen moment of a first chain holds by itself, before any sweep', async () => {
  const application = await anApp('standard')
  const chain = makeClientChain({ root })
  const { id } = await aCertificateChain(db, application, chain, { closesOneWayAt: addMs(new Date(), 60_000) })
  const oneWay = { basic: application, info: { listener: '1', host: '1|2' } } as const
  expect((await token(GRANT, oneWay)).status).toBe(200)
  const early = await token(GRANT, { basic: application, info: over(chain) })
  expect([early.status, early.body.host]).toEqual([421, env().publicUrl.origin])
  await db
    .update(certificateChains)
    .set({ closesOneWayAt: addMs(new Date(), -1000) })
    .where(eq(certificateChains.id, id))
  expect((await token(GRANT, oneWay)).status).toBe(421)
  expect((await token(GRANT, { basic: application, info: over(chain) })).status).toBe(200)
})

test('a chain that is revoked ends its tokens; one that is superseded leaves them, and its successor refreshes', async () => {
  const application = await anApp('standard')
  const old = await withCertificate(application)
  const pair = (await token(await aCode(application), { basic: application, info: over(old) })).body
  const fresh = await withCertificate(application)
  const at = new Date()
  await db.update(certificateChains).set({ endsAt: at }).where(eq(certificateChains.id, old.id))
  expect(await introspect(application, pair.access_token, { info: over(fresh) })).toMatchObject({ active: true })
  const refresh = { grant_type: 'refresh_token', refresh_token: pair.refresh_token as string }
  const unbound = await token(refresh, { basic: application })
  expect([unbound.status, unbound.body.error]).toEqual([400, 'invalid_grant'])
  const next = await token(refresh, { basic: application, info: over(fresh) })
  expect(next.status).toBe(200)
  const other = await withCertificate(application)
  const repeated = await token(refresh, { basic: application, info: over(other) })
  expect([repeated.status, repeated.body.error]).toEqual([400, 'invalid_grant'])
  expect(lastReason()).toBe('a used refresh token with another certificate or DPoP key')
  await db.update(certificateChains).set({ revokedAt: at }).where(eq(certificateChains.id, fresh.id))
  expect(await introspect(application, next.body.access_token, { info: over(other) })).toEqual({ active: false })
})

test('DPoP: tokens are bound to the key of the proof, and only it refreshes', async () => {
  const application = await anApp('standard')
  const key = await aKeyPair()
  const dpop = async (path = PATH, of = key) => ({ dpop: await aProof(of, path) })
  const answer = await token(await aCode(application), { basic: application, headers: await dpop() })
  expect([answer.status, answer.body.token_type]).toEqual([200, 'DPoP'])
  const jkt = await calculateJwkThumbprint(key.jwk, 'sha256')
  const seen = await introspect(application, answer.body.access_token, { basic: application })
  expect(seen).toMatchObject({ active: true, token_type: 'DPoP', cnf: { jkt } })
  const refresh = { grant_type: 'refresh_token', refresh_token: answer.body.refresh_token as string }
  for (const headers of [{}, await dpop(PATH, await aKeyPair())]) {
    const refused = await token(refresh, { basic: application, headers })
    expect([refused.status, refused.body.error]).toEqual([400, 'invalid_grant'])
  }
  const renewed = await token(refresh, { basic: application, headers: await dpop() })
  expect([renewed.status, renewed.body.token_type]).toEqual([200, 'DPoP'])
})

test('every proof that is not good is 400 invalid_dpop_proof; the log says why', async () => {
  const application = await anApp('standard')
  const key = await aKeyPair()
  const now = Math.floor(Date.now() / 1000)
  const once = await aProof(key, PATH)
  expect((await token(GRANT, { basic: application, headers: { dpop: once } })).status).toBe(200)
  const cases: [string, string][] = [
    [once, 'was used before'],
    [`${await aProof(key, PATH)}, ${await aProof(key, PATH)}`, 'not one compact JWS'],
    ['', 'not one compact JWS'],
    ['x', 'not one compact JWS'],
    [await aProof(key, PATH, {}, { typ: 'JWT' }), 'typ is not dpop+jwt'],
    [await aProof(key, PATH, {}, { jwk: undefined }), 'there is no jwk'],
    [await aProof(key, PATH, {}, { jwk: await exportJWK(key.privateKey) }), 'the jwk holds a private key'],
    [await aProof(key, PATH, {}, { jwk: { ...key.jwk, priv: 'x' } }), 'the jwk holds a private key'],
    [await aProof(key, PATH, {}, { jwk: (await aKeyPair()).jwk }), 'the signature is not by its key'],
    [await aProof(key, PATH, { htm: 'GET' }), 'htm is another method'],
    [await aProof(key, '/oauth2/par'), 'htu is another address'],
    [await aProof(key, PATH, { htu: `https://elsewhere.example${PATH}` }), 'htu is another address'],
    [await aProof(key, PATH, { htu: 1 }), 'htu is another address'],
    [await aProof(key, PATH, { iat: now - 90 }), 'is older than a minute'],
    [await aProof(key, PATH, { iat: now + 90 }), 'iat is in the future'],
    [await aProof(key, PATH, { iat: undefined }), 'iat is missing'],
    [await aProof(key, PATH, { jti: '' }), 'jti is missing'],
  ]
  for (const [dpop, reason] of cases) {
    const answer = await token(GRANT, { basic: application, headers: { dpop } })
    expect([answer.status, answer.body.error], reason).toEqual([400, 'invalid_dpop_proof'])
    expect(lastReason()).toContain(reason)
  }
})

test('fapi2: always sender-constrained; the refresh token stays and every access token of it lives', async () => {
  const application = await anApp('fapi2')
  const key = await aPublicKey(db, application)
  const holder = await aKeyPair()
  const call = async (parameters: Record<string, string>, bound = true) =>
    token(
      { ...parameters, ...(await anAssertion(key, application.clientId)) },
      bound ? { headers: { dpop: await aProof(holder, PATH) } } : {},
    )
  const unbound = await call(GRANT, false)
  expect([unbound.status, unbound.body.error]).toEqual([400, 'invalid_request'])
  const first = (await call(await aCode(application))).body
  const refresh = { grant_type: 'refresh_token', refresh_token: first.refresh_token as string }
  const answers = [await call(refresh), await call(refresh)].map(({ body }) => body)
  expect(answers.map((body) => body.refresh_token)).toEqual([first.refresh_token, first.refresh_token])
  const tokens = [first, ...answers].map((body) => body.access_token as string)
  expect(new Set(tokens).size).toBe(3)
  for (const accessToken of tokens) {
    const parameters = { token: accessToken, ...(await anAssertion(key, application.clientId)) }
    const seen = await callOauth(introspectRoute, '/oauth2/introspect', parameters)
    expect(seen.body.active).toBe(true)
  }
  const endpoint = await anAssertion(key, application.clientId, { aud: `${issuer()}${PATH}` })
  const refused = await token({ ...GRANT, ...endpoint })
  expect([refused.status, refused.body.error]).toEqual([401, 'invalid_client'])
  expect(lastReason()).toContain('aud is not the issuer')
})

test('fapi2: each access token stays bound to what it was given for, and ends with that certificate alone', async () => {
  const application = await anApp('fapi2')
  const old = await withCertificate(application)
  const { clientId } = application
  const first = (await token({ ...(await aCode(application)), client_id: clientId }, { info: over(old) })).body
  const fresh = await withCertificate(application)
  const refresh = { grant_type: 'refresh_token', refresh_token: first.refresh_token as string, client_id: clientId }
  const holder = await aKeyPair()
  const second = (await token(refresh, { info: over(fresh), headers: { dpop: await aProof(holder, PATH) } })).body
  const seen = (accessToken: unknown) => introspect(application, accessToken, { info: over(fresh) })
  const boundTo = (chain: { leaf: Buffer }) => sha256(chain.leaf).toString('base64url')
  const jkt = await calculateJwkThumbprint(holder.jwk, 'sha256')
  // As it was, while the family has gone on to another certificate and a key.
  const asGiven = { active: true, token_type: 'Bearer', cnf: { 'x5t#S256': boundTo(old) } }
  const next = { active: true, token_type: 'DPoP', cnf: { 'x5t#S256': boundTo(fresh), jkt } }
  await db.update(certificateChains).set({ endsAt: new Date() }).where(eq(certificateChains.id, old.id))
  expect(await seen(first.access_token)).toEqual(expect.objectContaining(asGiven))
  expect(await seen(second.access_token)).toEqual(expect.objectContaining(next))
  await db.update(certificateChains).set({ revokedAt: new Date() }).where(eq(certificateChains.id, old.id))
  expect(await seen(first.access_token)).toEqual({ active: false })
  expect(await seen(second.access_token)).toEqual(expect.objectContaining(next))
  const third = await withCertificate(application)
  await db.update(certificateChains).set({ revokedAt: new Date() }).where(eq(certificateChains.id, fresh.id))
  expect(await introspect(application, second.access_token, { info: over(third) })).toEqual({ active: false })
})

test('a family that stops rotating when its profile becomes fapi2 wakes none of its old tokens', async () => {
  const application = await anApp('standard')
  const holder = await aKeyPair()
  const key = await aPublicKey(db, application)
  const call = async (parameters: Record<string, string>) =>
    (
      await token(
        { ...parameters, ...(await anAssertion(key, application.clientId)) },
        { headers: { dpop: await aProof(holder, PATH) } },
      )
    ).body as Record<string, string>
  const refresh = (refreshToken: string | undefined) =>
    call({ grant_type: 'refresh_token', refresh_token: refreshToken ?? '' })
  const rotated = [await call(await aCode(application))]
  for (let n = 0; n < 3; n++) rotated.push(await refresh(rotated.at(-1)?.refresh_token))
  const core = await createCore(testContext(db, { kind: 'operator', name: 'test' }), { name: newHexToken() })
  const alive = async (pairs: Record<string, string>[]) => {
    const states = []
    for (const { access_token } of pairs)
      states.push((await introspect(application, access_token, { basic: core })).active)
    return states
  }
  expect(await alive(rotated)).toEqual([false, false, false, true])
  await db
    .update(applicationEnvironments)
    .set({ profile: 'fapi2' })
    .where(eq(applicationEnvironments.applicationId, application.id))
  expect(await alive(rotated)).toEqual([false, false, false, true])
  const kept = [await refresh(rotated.at(-1)?.refresh_token), await refresh(rotated.at(-1)?.refresh_token)]
  expect(await alive([...rotated, ...kept])).toEqual([false, false, false, false, true, true])
})

test('fapi2 keeps its refresh token over a change of certificate, and binds what it gives to the new one', async () => {
  const application = await anApp('fapi2')
  const old = await withCertificate(application)
  const { clientId } = application
  const pair = (await token({ ...(await aCode(application)), client_id: clientId }, { info: over(old) })).body
  const fresh = await withCertificate(application)
  const refresh = { grant_type: 'refresh_token', refresh_token: pair.refresh_token as string, client_id: clientId }
  const next = (await token(refresh, { info: over(fresh) })).body
  const seen = await introspect(application, next.access_token, { info: over(fresh) })
  expect(seen).toMatchObject({ cnf: { 'x5t#S256': sha256(fresh.leaf).toString('base64url') } })
})
