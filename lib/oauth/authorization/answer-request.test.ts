import { and, eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Connected } from '@/db/client'
import { aCustomer, anApplication, anOpenedRequest, aPerson } from '@/db/factories'
import { applicationEnvironments, applications, callbacks } from '@/db/schema/applications'
import { consents } from '@/db/schema/consents'
import { authorizationCodeGrants, authorizationCodes, authorizationRequests } from '@/db/schema/oauth'
import { auditEvents } from '@/db/schema/partitioned'
import { connectReplica, personActor, testContext, testDatabase } from '@/db/testing'
import type { PersonActor } from '@/lib/context/context'
import { newOpaqueToken, sha256 } from '@/lib/core/secrets'
import { addMs, HOUR, MINUTE } from '@/lib/core/time'
import { AnswerInput } from './answer-input'
import { answerRequest } from './answer-request'
import { faultOfCallback, faultOfFlowCallback } from './redirect-uri'
import { findVisitedRequest } from './visit-request'

const database = await testDatabase()
const { db } = database
const now = new Date()
let replica: Connected
beforeAll(async () => {
  replica = await connectReplica(database.url)
})
afterAll(() => replica.close())

const PAYMENT = {
  type: 'payment_initiation',
  instructedAmount: { amount: 12_345, currency: 'EUR' },
  creditorName: 'Luce & Gas SpA',
  creditorAccount: { iban: 'IT60X0542811101000000123456' },
}

/** A person who owns a business, before a request that they have opened. */
async function aScene(values: Partial<typeof authorizationRequests.$inferInsert> = {}) {
  const person = await aPerson(db)
  const customer = await aCustomer(db, person.id)
  const application = await anApplication(db, (await aCustomer(db, (await aPerson(db)).id)).id)
  const visit = await anOpenedRequest(db, application, { personId: person.id, ...values })
  const as = (actor: Partial<PersonActor> = {}, pool = db) => testContext(pool, personActor(person.id, actor, now), now)
  /** As the page's form sends it. */
  function sent(fields: Record<string, unknown> = {}) {
    const form = { requestId: visit.requestId, decision: 'allow', customer: customer.id, ...fields }
    return { ...AnswerInput.parse(form), browserToken: visit.browserToken }
  }
  async function left() {
    const [request] = await db.select().from(authorizationRequests).where(eq(authorizationRequests.id, visit.requestId))
    const given = await db.select().from(consents).where(eq(consents.personId, person.id))
    const codes = await db.select().from(authorizationCodes).where(eq(authorizationCodes.requestId, visit.requestId))
    const events = await db
      .select({ action: auditEvents.action, data: auditEvents.data, actorId: auditEvents.actorId })
      .from(auditEvents)
      .where(and(eq(auditEvents.subjectId, visit.requestId)))
    return { request, given, codes, events }
  }
  const environment = eq(applicationEnvironments.applicationId, application.id)
  const subscribe = (scopes: string[]) => db.update(applicationEnvironments).set({ scopes }).where(environment)
  const become = (profile: string) => db.update(applicationEnvironments).set({ profile }).where(environment)
  return { person, customer, application, visit, as, sent, left, subscribe, become }
}

const BOTH = { 'choice-psd2-ais': 'allow', 'choice-psd2-pis': 'allow' }

function answerOf(answered: { location: string } | null) {
  return Object.fromEntries(new URL(answered?.location ?? 'about:blank').searchParams)
}

async function grantsOf(code: string | undefined) {
  return db
    .select({
      customerId: consents.customerId,
      scopes: authorizationCodeGrants.scopes,
      position: authorizationCodeGrants.position,
    })
    .from(authorizationCodeGrants)
    .innerJoin(consents, eq(consents.id, authorizationCodeGrants.consentId))
    .where(eq(authorizationCodeGrants.codeHash, sha256(code ?? '')))
    .orderBy(authorizationCodeGrants.position)
}

describe('allowing', () => {
  test('gives the consent and a code of a minute, tells the application, and is written down', async () => {
    const scene = await aScene()
    const answered = await answerRequest(scene.as(), scene.sent({ 'choice-psd2-ais': 'allow' }))
    expect(answered?.location).toMatch(/^https:\/\/client\.example\/callback\?/)
    const answer = answerOf(answered)
    expect(answer).toEqual({
      code: expect.stringMatching(/^[\w-]{43}$/),
      state: 'state',
      iss: 'http://localhost:3000',
    })
    const { request, given, codes, events } = await scene.left()
    expect(request).toMatchObject({ answer: 'granted', answeredAt: now })
    expect(given).toMatchObject([
      { customerId: scene.customer.id, scopes: ['psd2-ais'], authTime: now, amr: ['pwd', 'otp'] },
    ])
    expect(codes).toMatchObject([
      { codeHash: sha256(answer.code ?? ''), authTime: now, amr: ['pwd', 'otp'], expiresAt: addMs(now, MINUTE) },
    ])
    expect(await grantsOf(answer.code)).toEqual([{ customerId: scene.customer.id, scopes: ['psd2-ais'], position: 0 }])
    const data = { scopes: ['psd2-ais'], consents: [given[0]?.id], denied: ['psd2-pis'] }
    expect(events).toEqual([{ action: 'authorization-request.granted', data, actorId: scene.person.id }])
  })

  test('a flow gets its flowid, no issuer, and a day to exchange', async () => {
    const scene = await aScene({ kind: 'flow' })
    const answer = answerOf(await answerRequest(scene.as(), scene.sent(BOTH)))
    expect(answer).toEqual({ code: expect.any(String), state: 'state', flowid: 'GetPSD2AuthCode' })
    expect((await scene.left()).codes[0]?.expiresAt).toEqual(addMs(now, 24 * HOUR))
  })

  test('several Customers have a consent each, and their tokens come in the order in which they were chosen', async () => {
    const scene = await aScene()
    const others = [await aCustomer(db, scene.person.id), await aCustomer(db, scene.person.id)]
    const ids = [scene.customer, ...others].map(({ id }) => id).sort()
    const customer = [ids[1], ids[2], ids[0], ids[1]] as string[]
    const { code } = answerOf(await answerRequest(scene.as(), scene.sent({ customer, ...BOTH })))
    expect((await grantsOf(code)).map(({ customerId }) => customerId)).toEqual(customer.slice(0, 3))
    expect((await scene.left()).given.map(({ customerId }) => customerId).sort()).toEqual(ids)
  })

  test('everything takes what was asked and nothing else, payments too', async () => {
    const plain = await aScene({ scopes: ['connect-ais'] })
    await answerRequest(plain.as(), plain.sent({ decision: 'allow-all', 'choice-psd2-pis': 'deny' }))
    expect((await plain.left()).given).toMatchObject([{ scopes: ['connect-ais'], authorizationDetails: null }])
    const paying = await aScene({ authorizationDetails: [PAYMENT] })
    await answerRequest(paying.as(), paying.sent({ decision: 'allow-all' }))
    const { request, given } = await paying.left()
    expect(given).toMatchObject([{ scopes: ['psd2-ais', 'psd2-pis'], authorizationDetails: [PAYMENT] }])
    expect(request?.authorizationDetails).toEqual([PAYMENT])
  })

  test('a payment that was denied leaves the request; one that was allowed is for one Customer', async () => {
    const denied = await aScene({ authorizationDetails: [PAYMENT] })
    await answerRequest(denied.as(), denied.sent({ 'choice-psd2-ais': 'allow' }))
    const { request, given } = await denied.left()
    expect([request?.authorizationDetails, given[0]?.authorizationDetails]).toEqual([null, null])
    const allowed = await aScene({ scopes: [], authorizationDetails: [PAYMENT] })
    const two = [allowed.customer.id, (await aCustomer(db, allowed.person.id)).id]
    const payment = { 'choice-payment': 'allow' }
    await expect(answerRequest(allowed.as(), allowed.sent({ customer: two, ...payment }))).rejects.toMatchObject({
      reason: 'one-customer-only',
    })
    expect((await allowed.left()).request?.answer).toBeNull()
    expect(answerOf(await answerRequest(allowed.as(), allowed.sent(payment)))).toHaveProperty('code')
  })

  test('rests on an SCA of the last five minutes, whichever it was', async () => {
    const scene = await aScene()
    const signedIn = addMs(now, -6 * MINUTE)
    const stale = scene.as({ authTime: signedIn })
    await expect(answerRequest(stale, scene.sent(BOTH))).rejects.toMatchObject({ reason: 'step-up-required' })
    await expect(answerRequest(stale, scene.sent({ decision: 'allow-all' }))).rejects.toMatchObject({
      reason: 'step-up-required',
    })
    expect(await scene.left()).toMatchObject({ given: [], codes: [], events: [] })
    const steppedUpAt = addMs(now, -MINUTE)
    const stepped = { amr: ['hwk', 'user', 'mfa'], steppedUpAt, steppedUpAmr: ['sms'] }
    await answerRequest(scene.as({ authTime: signedIn, ...stepped }), scene.sent(BOTH))
    const { codes, given } = await scene.left()
    expect(codes).toMatchObject([{ authTime: steppedUpAt, amr: ['sms'] }])
    expect(given).toMatchObject([{ authTime: steppedUpAt, amr: ['sms'] }])
  })
})

describe('denying', () => {
  const stale = { authTime: addMs(now, -HOUR) }

  test.each([
    ['by the button', { decision: 'deny', ...BOTH }],
    ['thing by thing', { 'choice-psd2-ais': 'deny', 'choice-psd2-pis': 'deny' }],
    ['by leaving every choice as it is', {}],
    ['without a Customer', { customer: undefined }],
  ])('%s is access_denied, needs no step-up, and is written down', async (_, fields) => {
    const scene = await aScene()
    const answered = await answerRequest(scene.as(stale), scene.sent(fields))
    expect(answerOf(answered)).toEqual({ error: 'access_denied', state: 'state', iss: 'http://localhost:3000' })
    const { request, given, codes, events } = await scene.left()
    expect(request).toMatchObject({ answer: 'access_denied', answeredAt: now })
    expect([given, codes]).toEqual([[], []])
    const data = { scopes: ['psd2-ais', 'psd2-pis'] }
    expect(events).toEqual([{ action: 'authorization-request.denied', data, actorId: scene.person.id }])
  })

  test('a flow gets state and flowid again', async () => {
    const scene = await aScene({ kind: 'flow' })
    expect(answerOf(await answerRequest(scene.as(stale), scene.sent()))).toEqual({
      error: 'access_denied',
      state: 'state',
      flowid: 'GetPSD2AuthCode',
    })
  })
})

describe('the callback still covers the address as it did when the request came', () => {
  // The same as faultOfFlowCallback and faultOfCallback say of each.
  test.each([
    ['flow', 'https://client.example/any/path', 'https://client.example/callback', true],
    ['flow', 'https://CLIENT.example:443/x', 'https://client.example/callback', true],
    ['flow', 'http://[::1]:9000/x', 'http://[::1]/callback', true],
    ['flow', 'https://client.example.evil.example/', 'https://client.example/callback', false],
    ['standard', 'https://client.example/callback', 'https://client.example/callback', true],
    ['standard', 'https://client.example/callback/', 'https://client.example/callback', false],
    ['standard', 'https://client.example:8443/callback', 'https://client.example/callback', false],
    ['standard', 'http://127.0.0.1:51234/back', 'http://127.0.0.1/back', true],
    ['standard', 'http://[::1]:51234/back', 'http://[::1]:8080/back', true],
    ['standard', 'http://localhost:51234', 'http://localhost', true],
    ['standard', 'http://localhost:51234/back', 'http://127.0.0.1/back', false],
    ['pushed', 'http://localhost:51234/other', 'http://localhost/back', false],
  ])('%s %s by %s: %s', async (kind, redirectUri, url, isCovered) => {
    const scene = await aScene({ kind, redirectUri })
    const { hostname: host } = new URL(url)
    await db.update(callbacks).set({ url, host }).where(eq(callbacks.applicationId, scene.application.id))
    await scene.become(kind === 'flow' ? 'legacy' : 'standard')
    const check = kind === 'flow' ? faultOfFlowCallback : faultOfCallback
    expect(check(redirectUri, [{ url, host }]) === null).toBe(isCovered)
    expect((await answerRequest(scene.as(), scene.sent(BOTH))) !== null).toBe(isCovered)
  })

  test('a flow of an application that is no longer of the profile legacy is compared whole', async () => {
    const scene = await aScene({ kind: 'flow', redirectUri: 'https://client.example/any/path' })
    const url = 'https://client.example/callback'
    await db.update(callbacks).set({ url }).where(eq(callbacks.applicationId, scene.application.id))
    expect(await answerRequest(scene.as(), scene.sent(BOTH))).toBeNull()
  })
})

describe('nothing is answered', () => {
  test('for a Customer that the person only looks at, one of others, or none', async () => {
    const scene = await aScene()
    const looked = await aCustomer(db, (await aPerson(db)).id)
    const viewed = await aCustomer(db, scene.person.id, {}, 'viewer')
    const attempt = (customer: unknown) => answerRequest(scene.as(), scene.sent({ customer, ...BOTH }))
    await expect(attempt(viewed.id)).rejects.toMatchObject({ reason: 'owner-required' })
    await expect(attempt([scene.customer.id, viewed.id])).rejects.toMatchObject({ reason: 'owner-required' })
    await expect(attempt(looked.id)).rejects.toMatchObject({ kind: 'not-found' })
    await expect(attempt([])).rejects.toMatchObject({ reason: 'customer-unchosen' })
    expect(await scene.left()).toMatchObject({ request: { answer: null }, given: [], codes: [], events: [] })
  })

  test('with what was never asked', async () => {
    const scene = await aScene()
    for (const field of ['choice-connect-ais', 'choice-payment']) {
      const wrong = scene.sent({ ...BOTH, [field]: 'allow' })
      await expect(answerRequest(scene.as(), wrong)).rejects.toMatchObject({ reason: 'form-invalid' })
    }
    expect(await scene.left()).toMatchObject({ request: { answer: null }, given: [], codes: [] })
  })

  test.each(['allow', 'deny'])(
    'for an application that was stopped meanwhile, nor is it told: %s',
    async (decision) => {
      const scene = await aScene()
      await db.update(applications).set({ suspendedAt: now }).where(eq(applications.id, scene.application.id))
      expect(await answerRequest(scene.as(), scene.sent({ ...BOTH, decision }))).toBeNull()
      expect(await scene.left()).toMatchObject({ request: { answer: null }, given: [], codes: [], events: [] })
      expect(await findVisitedRequest(scene.as(), scene.visit)).toMatchObject({ status: 'stopped' })
    },
  )

  test.each(['allow', 'deny'])('once the callback is removed, nor does anybody go there: %s', async (decision) => {
    const scene = await aScene()
    await db.update(callbacks).set({ removedAt: now }).where(eq(callbacks.applicationId, scene.application.id))
    expect(await answerRequest(scene.as(), scene.sent({ ...BOTH, decision }))).toBeNull()
    expect(await scene.left()).toMatchObject({ request: { answer: null }, given: [], codes: [], events: [] })
    expect(await findVisitedRequest(scene.as(), scene.visit)).toMatchObject({ status: 'stopped' })
  })

  test('with scopes that the application has lost; a denial still goes back', async () => {
    const scene = await aScene()
    await scene.subscribe(['psd2-ais'])
    expect(await answerRequest(scene.as(), scene.sent({ 'choice-psd2-ais': 'allow' }))).toBeNull()
    expect(await findVisitedRequest(scene.as(), scene.visit)).toMatchObject({ status: 'stopped' })
    expect(answerOf(await answerRequest(scene.as(), scene.sent()))).toMatchObject({ error: 'access_denied' })
    const paying = await aScene({ scopes: ['psd2-ais'], authorizationDetails: [PAYMENT] })
    const payment = { 'choice-payment': 'allow' }
    await paying.subscribe(['psd2-ais'])
    expect(await answerRequest(paying.as(), paying.sent(payment))).toBeNull()
    await paying.subscribe(['psd2-ais', 'connect-pis'])
    expect(answerOf(await answerRequest(paying.as(), paying.sent(payment)))).toHaveProperty('code')
  })

  test('from another browser, by another person, or too late, allowed or denied', async () => {
    const scene = await aScene()
    const stranger = await aPerson(db)
    const theirs = await aCustomer(db, stranger.id)
    for (const decision of ['allow-all', 'deny'] as const) {
      const sent = scene.sent({ decision })
      for (const browserToken of [newOpaqueToken(), null]) {
        expect(await answerRequest(scene.as(), { ...sent, browserToken })).toBeNull()
      }
      const other = testContext(db, personActor(stranger.id, {}, now), now)
      expect(await answerRequest(other, { ...sent, customerIds: [theirs.id] })).toBeNull()
      expect(
        await answerRequest({ ...scene.as(), now: addMs(now, 31 * MINUTE) }, { ...sent, decision: 'deny' }),
      ).toBeNull()
    }
    expect(await scene.left()).toMatchObject({ request: { answer: null }, given: [], codes: [], events: [] })
  })
})

describe('it is answered once', () => {
  test('whatever is pressed again', async () => {
    const scene = await aScene()
    expect(await answerRequest(scene.as(), scene.sent(BOTH))).not.toBeNull()
    for (const decision of ['allow-all', 'deny']) {
      expect(await answerRequest(scene.as(), scene.sent({ decision }))).toBeNull()
    }
    const { given, codes, events } = await scene.left()
    expect([given.length, codes.length, events.length]).toEqual([1, 1, 1])
  })

  test('of answers at the same moment on two replicas', async () => {
    for (let n = 0; n < 5; n += 1) {
      const scene = await aScene()
      const answers = await Promise.all(
        Array.from({ length: 6 }, (_, place) =>
          answerRequest(
            scene.as({}, place % 2 ? replica.db : db),
            scene.sent({ decision: place % 3 ? 'allow-all' : 'deny' }),
          ),
        ),
      )
      const [location, ...others] = answers.flatMap((answer) => (answer ? [answerOf(answer)] : []))
      expect(others).toEqual([])
      const { request, codes, given, events } = await scene.left()
      const count = location?.code === undefined ? 0 : 1
      expect([codes.length, given.length, events.length]).toEqual([count, count, 1])
      expect(request?.answer).toBe(count ? 'granted' : 'access_denied')
    }
  })
})
