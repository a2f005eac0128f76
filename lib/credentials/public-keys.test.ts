import { randomUUID } from 'node:crypto'
import { and, eq } from 'drizzle-orm'
import { type JWK, SignJWT } from 'jose'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { POST as introspectRoute } from '@/app/oauth2/introspect/route'
import { POST as tokenRoute } from '@/app/oauth2/token/route'
import { aCustomer, aMember, anApplication, aPerson } from '@/db/factories'
import { applicationPublicKeys, usageMarks } from '@/db/schema/credentials'
import { auditEvents } from '@/db/schema/partitioned'
import { connectReplica, personActor, testContext, testDatabase } from '@/db/testing'
import type { Context } from '@/lib/context/context'
import { newId } from '@/lib/core/ids'
import { addMs, DAY, HOUR, MINUTE } from '@/lib/core/time'
import { log } from '@/lib/log/log'
import { issuer } from '@/lib/oauth/issuer'
import { aKeyPair, callOauth } from '@/lib/oauth/testing/call-oauth'
import { readMail } from '@/lib/people/testing/read-mail'
import { addPublicKeys } from './add-public-keys'
import { listPublicKeys } from './list-public-keys'
import { AddPublicKeysInput, PUBLIC_KEY_LIMIT, RevokePublicKeyInput } from './public-key-schema'
import { revokePublicKey } from './revoke-public-key'
import { sendEndingNotices } from './send-ending-notices'

const { db, url } = await testDatabase()
const replica = await connectReplica(url)
const logged = vi.spyOn(log(), 'info')
beforeEach(() => void logged.mockClear())

type Alg = 'PS256' | 'ES256' | 'EdDSA'

async function aSetting(options: { profile?: 'standard' | 'fapi2' } = {}) {
  const person = await aPerson(db)
  const customer = await aCustomer(db, person.id)
  const application = await anApplication(db, customer.id, options)
  const ctx = testContext(db, personActor(person.id, { customerId: customer.id }))
  const place = { applicationId: application.id, environment: 'sandbox' as const }
  const add = (given: unknown, values: Record<string, unknown> = {}, as: Context = ctx) =>
    addPublicKeys(as, AddPublicKeysInput.parse({ ...place, publicKey: JSON.stringify(given), ...values }))
  return { person, customer, application, ctx, place, add }
}

type Setting = Awaited<ReturnType<typeof aSetting>>

const revoke = (ctx: Context, publicKeyId: string, keepsTokens: '' | 'on' = '') =>
  revokePublicKey(ctx, RevokePublicKeyInput.parse({ publicKeyId, keepsTokens }))

async function aJwk(alg: Alg = 'ES256'): Promise<JWK> {
  return (await aKeyPair(alg)).jwk
}

async function reasonOf(act: Promise<unknown>): Promise<string> {
  return act.then(
    () => 'done',
    (error) => error.reason ?? error.message,
  )
}

async function eventsOf({ application }: Setting) {
  const rows = await db
    .select({ action: auditEvents.action, subjectId: auditEvents.subjectId, data: auditEvents.data })
    .from(auditEvents)
    .where(eq(auditEvents.applicationId, application.id))
    .orderBy(auditEvents.id)
  return rows
}

/** A token fetched with an assertion by that key; what the endpoint says otherwise. */
async function fetchToken({ application }: Setting, key: { privateKey: CryptoKey; kid: string; alg: Alg }) {
  const now = Math.floor(Date.now() / 1000)
  const { clientId } = application
  const assertion = await new SignJWT({ iss: clientId, sub: clientId, aud: issuer(), jti: randomUUID(), exp: now + 60 })
    .setProtectedHeader({ alg: key.alg, kid: key.kid })
    .sign(key.privateKey)
  const { status, body } = await callOauth(tokenRoute, '/oauth2/token', {
    grant_type: 'client_credentials',
    client_id: clientId,
    client_assertion: assertion,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  })
  return { status, token: body.access_token as string, error: body.error as string | undefined }
}

async function isLive({ application }: Setting, token: string): Promise<boolean> {
  const answer = await callOauth(introspectRoute, '/oauth2/introspect', { token }, { basic: application })
  return answer.body.active as boolean
}

describe('addPublicKeys', () => {
  test.each(['PS256', 'ES256', 'EdDSA'] as const)('makes a key of %s one that fetches tokens at once', async (alg) => {
    const setting = await aSetting()
    const { privateKey, jwk } = await aKeyPair(alg)
    const added = await setting.add(jwk)
    const [key] = added.keys
    expect(added).toMatchObject({ clientId: setting.application.clientId, previous: [] })
    expect(key).toMatchObject({ algorithm: alg, isNew: true, endsAt: null, kid: key?.thumbprint })
    expect(await fetchToken(setting, { privateKey, kid: key?.kid ?? '', alg })).toMatchObject({ status: 200 })
    expect(await eventsOf(setting)).toEqual([
      {
        action: 'public-key.added',
        subjectId: key?.publicKeyId,
        data: { algorithm: alg, thumbprint: key?.thumbprint, endsAt: null },
      },
    ])
    const [listed] = await listPublicKeys(setting.ctx, setting.place)
    expect(listed).toMatchObject({ id: key?.publicKeyId, state: 'active', createdBy: setting.person.name })
  })

  test('takes a kid that is given, that of the key, or the thumbprint, in this order', async () => {
    const { add } = await aSetting()
    const named = { ...(await aJwk()), kid: 'its-own' }
    expect((await add(named)).keys[0]?.kid).toBe('its-own')
    expect((await add({ ...(await aJwk()), kid: 'its-own' }, { kid: 'given' })).keys[0]?.kid).toBe('given')
    const set = { keys: [await aJwk(), await aJwk('PS256')] }
    expect(await reasonOf(add(set, { kid: 'for-two' }))).toBe('kid-for-one-key')
    const { keys } = await add(set)
    expect(keys.map(({ kid }) => kid)).toEqual(keys.map(({ thumbprint }) => thumbprint))
  })

  test('of the very same key is one row and one event, however often, and never another name for it', async () => {
    const setting = await aSetting()
    const jwk = await aJwk()
    const first = await setting.add(jwk)
    const again = await setting.add({ keys: [jwk, jwk] })
    expect(again.keys.map(({ publicKeyId, isNew }) => [publicKeyId, isNew])).toEqual([
      [first.keys[0]?.publicKeyId, false],
      [first.keys[0]?.publicKeyId, false],
    ])
    expect(await reasonOf(setting.add(jwk, { kid: 'another' }))).toBe('public-key-exists')
    expect(await eventsOf(setting)).toHaveLength(1)
  })

  test('of a key set is done as a whole or not at all', async () => {
    const setting = await aSetting()
    const taken = await setting.add({ ...(await aJwk()), kid: 'taken' })
    const set = { keys: [await aJwk(), { ...(await aJwk()), kid: 'taken' }] }
    expect(await reasonOf(setting.add(set))).toBe('kid-taken')
    expect((await listPublicKeys(setting.ctx, setting.place)).map(({ id }) => id)).toEqual([taken.keys[0]?.publicKeyId])
    expect(await eventsOf(setting)).toHaveLength(1)
  })

  test('of a private key stores nothing and says so to the audit, without a word of it, and to the log likewise', async () => {
    const setting = await aSetting()
    const { privateKey } = await aKeyPair('ES256')
    const jwk = (await crypto.subtle.exportKey('jwk', privateKey)) as { d?: string; x?: string }
    expect(await reasonOf(setting.add(jwk))).toBe('private-key')
    expect(await listPublicKeys(setting.ctx, setting.place)).toEqual([])
    const events = await eventsOf(setting)
    expect(events).toEqual([{ action: 'public-key.private-key-refused', subjectId: setting.application.id, data: {} }])
    const said = JSON.stringify([events, logged.mock.calls])
    expect(said).not.toContain(jwk.d)
    expect(said).not.toContain(jwk.x)
  })

  test('is for who may, with a fresh proof, and a stranger learns nothing', async () => {
    const setting = await aSetting()
    const { add, application, ctx } = setting
    const jwk = await aJwk()
    const inRole = async (role: Parameters<typeof aMember>[2]) =>
      testContext(db, personActor((await aMember(db, application.id, role)).personId))
    for (const role of ['analyst', 'auditor'] as const) {
      expect(await reasonOf(add(jwk, {}, await inRole(role)))).toBe('permission-required')
    }
    const late = { ...ctx, now: addMs(ctx.now, 6 * MINUTE) }
    expect(await reasonOf(add(jwk, {}, late))).toBe('step-up-required')
    const stranger = (await aSetting()).ctx
    for (const applicationId of [application.id, newId('application')]) {
      expect(await reasonOf(add(jwk, { applicationId }, { ...stranger, now: late.now }))).toBe('not-found')
    }
    expect(await eventsOf(setting)).toEqual([])
    expect(await reasonOf(add(jwk, {}, await inRole('developer')))).toBe('done')
  })

  test('of twenty at once on two replicas leaves as many as there may be', async () => {
    const { add, ctx, place } = await aSetting()
    const jwks = await Promise.all(Array.from({ length: 20 }, () => aJwk()))
    const outcomes = await Promise.all(
      jwks.map((jwk, n) => reasonOf(add(jwk, {}, n % 2 ? ctx : { ...ctx, db: replica.db }))),
    )
    expect(outcomes.filter((reason) => reason === 'done')).toHaveLength(PUBLIC_KEY_LIMIT)
    expect(outcomes.filter((reason) => reason === 'public-key-limit-reached')).toHaveLength(20 - PUBLIC_KEY_LIMIT)
    expect(await listPublicKeys(ctx, place)).toHaveLength(PUBLIC_KEY_LIMIT)
  })

  test('of one key, and of one kid, by ten at once is one row', async () => {
    const setting = await aSetting()
    const jwk = await aJwk()
    const same = await Promise.all(Array.from({ length: 10 }, () => setting.add(jwk)))
    expect(new Set(same.map(({ keys }) => keys[0]?.publicKeyId)).size).toBe(1)
    expect(same.filter(({ keys }) => keys[0]?.isNew)).toHaveLength(1)
    const jwks = await Promise.all(Array.from({ length: 10 }, () => aJwk()))
    const outcomes = await Promise.all(jwks.map((one) => reasonOf(setting.add(one, { kid: 'one' }))))
    expect(outcomes.filter((reason) => reason === 'done')).toHaveLength(1)
    expect(outcomes.filter((reason) => reason === 'kid-taken')).toHaveLength(9)
  })

  test('in production waits for a second member, who approves these keys and no others', async () => {
    const person = await aPerson(db)
    const customer = await aCustomer(db, person.id)
    const { id: applicationId } = await anApplication(db, customer.id, { environment: 'production' })
    const second = await aMember(db, applicationId, 'admin')
    const ctx = testContext(db, personActor(person.id, { customerId: customer.id }))
    const { setFourEyes } = await import('@/lib/approvals/set-four-eyes')
    const { approveRequest } = await import('@/lib/approvals/decide-approval')
    const { getFourEyes } = await import('@/lib/approvals/list-approvals')
    await setFourEyes(ctx, { applicationId, on: 'on' })
    const [jwk, other] = [await aJwk(), await aJwk()]
    const add = (key: JWK) =>
      addPublicKeys(
        ctx,
        AddPublicKeysInput.parse({ applicationId, environment: 'production', publicKey: JSON.stringify(key) }),
      )
    expect(await reasonOf(add(jwk))).toBe('second-member-required')
    const [request] = (await getFourEyes(ctx, { applicationId })).requests
    await approveRequest(testContext(db, personActor(second.personId)), { requestId: request?.id ?? '' })
    expect(await reasonOf(add(other))).toBe('second-member-required')
    expect(await reasonOf(add(jwk))).toBe('done')
    expect(await listPublicKeys(ctx, { applicationId, environment: 'production' })).toHaveLength(1)
  })
})

describe('an end', () => {
  test('comes for those that are replaced after the overlap: both work until then, and their tokens after it', async () => {
    const setting = await aSetting()
    const old = await aKeyPair('ES256')
    const added = await setting.add({ ...old.jwk, kid: 'old' })
    const fresh = await aKeyPair('PS256')
    const rotated = await setting.add({ ...fresh.jwk, kid: 'new' }, { overlap: '24h' })
    expect(rotated.previous).toEqual([
      { publicKeyId: added.keys[0]?.publicKeyId, kid: 'old', endsAt: addMs(setting.ctx.now, DAY) },
    ])
    const oldKey = { privateKey: old.privateKey, kid: 'old', alg: 'ES256' } as const
    const before = await fetchToken(setting, oldKey)
    expect(before.status).toBe(200)
    expect(await fetchToken(setting, { privateKey: fresh.privateKey, kid: 'new', alg: 'PS256' })).toMatchObject({
      status: 200,
    })
    expect((await listPublicKeys(setting.ctx, setting.place)).map(({ kid, state }) => [kid, state]).toSorted()).toEqual(
      [
        ['new', 'active'],
        ['old', 'ending'],
      ],
    )

    await setting.add({ ...(await aJwk()), kid: 'newest' }, { overlap: '0' })
    expect(await fetchToken(setting, oldKey)).toMatchObject({ status: 401, error: 'invalid_client' })
    expect(await isLive(setting, before.token)).toBe(true)
    expect((await eventsOf(setting)).map(({ action }) => action)).toEqual([
      'public-key.added',
      'public-key.added',
      'public-key.end-set',
      'public-key.added',
      'public-key.end-set',
      'public-key.end-set',
    ])
    // What has ended never comes back.
    expect(await reasonOf(setting.add({ ...old.jwk, kid: 'again' }))).toBe('public-key-ended')
  })

  test('of an overlap is never later than the one it has', async () => {
    const { add, ctx } = await aSetting()
    await add(await aJwk(), { lifetimeDays: '30' })
    const first = await add(await aJwk(), { overlap: '1h' })
    expect(first.previous).toMatchObject([{ endsAt: addMs(ctx.now, HOUR) }])
    const second = await add(await aJwk(), { overlap: '30d' })
    expect(second.previous).toHaveLength(1) // the one without an end alone
  })

  test('of a lifetime is told of by mail before it comes', async () => {
    const { add, ctx, person } = await aSetting()
    await add({ ...(await aJwk()), kid: 'spring' }, { lifetimeDays: '30' })
    await sendEndingNotices(testContext(db, { kind: 'system', name: 'notices' }, addMs(ctx.now, 23 * DAY)))
    const [mail] = await readMail(db, person.email)
    expect(mail?.text).toContain('spring')
  })
})

describe('revokePublicKey', () => {
  test('ends the key and, unless told otherwise, its tokens, with the next call', async () => {
    const setting = await aSetting({ profile: 'standard' })
    const { ctx } = setting
    const keys = await Promise.all(
      (['', 'on'] as const).map(async (keepsTokens) => {
        const { privateKey, jwk } = await aKeyPair()
        const [key] = (await setting.add(jwk)).keys
        const signer = { privateKey, kid: key?.kid ?? '', alg: 'ES256' as const }
        return { keepsTokens, id: key?.publicKeyId ?? '', signer, token: (await fetchToken(setting, signer)).token }
      }),
    )
    for (const { id, keepsTokens, signer, token } of keys) {
      expect(await isLive(setting, token)).toBe(true)
      await revoke(ctx, id, keepsTokens)
      expect(await fetchToken(setting, signer)).toMatchObject({ status: 401, error: 'invalid_client' })
      expect(await isLive(setting, token)).toBe(keepsTokens === 'on')
    }
    // Told otherwise once more, the tokens are dead as well; never the other way round.
    const kept = keys.find(({ keepsTokens }) => keepsTokens === 'on')
    await revoke(ctx, kept?.id ?? '')
    expect(await isLive(setting, kept?.token ?? '')).toBe(false)
    await revoke(ctx, kept?.id ?? '', 'on')
    expect(await isLive(setting, kept?.token ?? '')).toBe(false)
  })

  test('is one event however often and at once, needs no step-up, and frees the name, not the key', async () => {
    const setting = await aSetting()
    const jwk = { ...(await aJwk()), kid: 'name' }
    const [key] = (await setting.add(jwk)).keys
    const late = { ...setting.ctx, now: addMs(setting.ctx.now, 20 * MINUTE) }
    await Promise.all(Array.from({ length: 5 }, () => revoke(late, key?.publicKeyId ?? '')))
    expect((await eventsOf(setting)).map(({ action }) => action)).toEqual(['public-key.added', 'public-key.revoked'])
    expect(await reasonOf(setting.add(jwk))).toBe('public-key-ended')
    expect(await reasonOf(setting.add({ ...(await aJwk()), kid: 'name' }))).toBe('done')
  })

  test('is refused by role, and to strangers like a key that is missing', async () => {
    const setting = await aSetting()
    const [key] = (await setting.add(await aJwk())).keys
    const analyst = testContext(db, personActor((await aMember(db, setting.application.id, 'analyst')).personId))
    expect(await reasonOf(revoke(analyst, key?.publicKeyId ?? ''))).toBe('permission-required')
    const stranger = (await aSetting()).ctx
    for (const id of [key?.publicKeyId ?? '', newId('publicKey')])
      expect(await reasonOf(revoke(stranger, id))).toBe('not-found')
    expect(await listPublicKeys(analyst, setting.place)).toHaveLength(1)
    expect(await reasonOf(listPublicKeys(stranger, setting.place))).toBe('not-found')
    const rows = await db
      .select({ id: applicationPublicKeys.id })
      .from(applicationPublicKeys)
      .where(
        and(
          eq(applicationPublicKeys.applicationId, setting.application.id),
          eq(applicationPublicKeys.keepsTokens, false),
        ),
      )
    expect(rows).toHaveLength(1)
  })
})

test('the list tells when, from where and how often a key was used', async () => {
  const { add, ctx, place } = await aSetting()
  const [key] = (await add(await aJwk())).keys
  await db.insert(usageMarks).values({
    subjectId: key?.publicKeyId ?? '',
    lastUsedAt: ctx.now,
    lastAddress: '192.0.2.7',
    hourStartedAt: ctx.now,
    usesByHour: [3],
  })
  expect(await listPublicKeys(ctx, place)).toMatchObject([{ lastAddress: '192.0.2.7', usesInDay: 3 }])
})
