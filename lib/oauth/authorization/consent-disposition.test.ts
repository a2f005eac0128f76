import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Connected } from '@/db/client'
import { aConsent, aCustomer, anApplication, anOpenedRequest, aPerson } from '@/db/factories'
import { applications } from '@/db/schema/applications'
import { consents } from '@/db/schema/consents'
import { dispositionEvidence } from '@/db/schema/dispositions'
import { authorizationCodeGrants, authorizationCodes, authorizationRequests } from '@/db/schema/oauth'
import { connectReplica, personActor, testContext, testDatabase } from '@/db/testing'
import { revokeConsent } from '@/lib/consents/revoke-consent'
import { newId } from '@/lib/core/ids'
import { newOpaqueToken, sha256 } from '@/lib/core/secrets'
import { addDays, addMs, MINUTE } from '@/lib/core/time'
import { acceptDisposition } from '@/lib/dispositions/accept-disposition'
import { findDeeplink } from '@/lib/dispositions/find-deeplink'
import { getDispositionForImporter } from '@/lib/dispositions/get-disposition-for-importer'
import { getDispositionForInitiator } from '@/lib/dispositions/get-disposition-for-initiator'
import { importDisposition } from '@/lib/dispositions/import-disposition'
import { prepareAcceptance } from '@/lib/dispositions/prepare-acceptance'
import { refuseDisposition } from '@/lib/dispositions/refuse-disposition'
import { submitNumber } from '@/lib/dispositions/submit-number'
import { aPasskey } from '@/lib/dispositions/testing'
import type { Item } from './answer-input'
import { answerRequest } from './answer-request'
import { consentOperation } from './consent-operation'
import { finishConsentDisposition } from './finish-consent-disposition'
import { startConsentDisposition } from './start-consent-disposition'

const database = await testDatabase()
const { db } = database
const now = new Date()
let replica: Connected
beforeAll(async () => {
  replica = await connectReplica(database.url)
})
afterAll(() => replica.close())

const PAYMENT = {
  type: 'payment_initiation' as const,
  instructedAmount: { amount: 12_345, currency: 'EUR' },
  creditorName: 'Luce & Gas SpA',
  creditorAccount: { iban: 'IT60X0542811101000000123456' },
}

/** A request that a person has opened in their browser, and their phone with a passkey. */
async function aScene(values: Partial<typeof authorizationRequests.$inferInsert> = {}) {
  const person = await aPerson(db, { name: 'Marco Bianchi' })
  const customer = await aCustomer(db, person.id, { name: 'Bianchi & Figli' })
  const application = await anApplication(db, (await aCustomer(db, (await aPerson(db)).id)).id, { name: 'Ledgerly' })
  const visit = await anOpenedRequest(db, application, {
    state: 'st-1',
    openedAt: now,
    personId: person.id,
    expiresAt: addMs(now, 30 * MINUTE),
    ...values,
  })
  const actor = personActor(person.id, { customerId: customer.id, role: 'owner' }, now)
  const desk = testContext(db, actor, now)
  const phone = testContext(replica.db, { ...actor, sessionId: 'ses_phone' }, now)
  const passkey = await aPasskey(db, person.id)
  const input = { ...visit, decision: 'allow' as const, customerIds: [customer.id], items: ['psd2-ais'] as Item[] }

  async function start(changed: Partial<typeof input> = {}) {
    const { dispositionId: id } = await startConsentDisposition(desk, { ...input, ...changed })
    const deeplink = await findDeeplink(desk, { id })
    await importDisposition(phone, { token: new URL(deeplink as string).hash.slice(1) })
    const { number } = await getDispositionForInitiator(desk, { id })
    await submitNumber(phone, { id, number: number as number })
    return id
  }
  async function prepare(id: string, locale: 'en' | 'it' = 'en') {
    return prepareAcceptance(phone, { id, locale }, consentOperation)
  }
  async function accept(id: string) {
    const { options } = await prepare(id)
    return acceptDisposition(phone, { id, assertion: passkey.assert(options.challenge) }, consentOperation)
  }
  const given = () => db.select().from(consents).where(eq(consents.personId, person.id))
  const request = async () =>
    (await db.select().from(authorizationRequests).where(eq(authorizationRequests.id, visit.requestId)))[0]
  return { person, customer, application, desk, phone, visit, input, start, prepare, accept, given, request }
}

describe('a consent that is accepted in the wallet', () => {
  test('is read whole before it is signed: application, for whom, what and until when', async () => {
    const scene = await aScene()
    const id = await scene.start()
    expect(await getDispositionForImporter(scene.phone, { id })).toMatchObject({
      operation: 'consent',
      wantsAccount: false,
      accounts: [],
      isSelfInitiated: true,
    })
    const { statement } = await scene.prepare(id)
    expect(statement.title).toBe('Allow Ledgerly this?')
    expect(statement.rows).toContainEqual({ label: 'For', value: 'Bianchi & Figli' })
    const until = addDays(now, 180).toLocaleDateString('en', { dateStyle: 'long', timeZone: 'UTC' })
    expect(statement.rows).toContainEqual({ label: 'Until', value: `${until}, or until you revoke it` })
    expect(statement.allows).toEqual(['See your payment accounts, their balances and their movements'])
    expect((await scene.prepare(id, 'it')).statement.allows).toEqual([
      'Vedere i tuoi conti di pagamento, i saldi e i movimenti',
    ])
  })

  test('is given with the passkey’s SCA, and the evidence holds what was signed', async () => {
    const scene = await aScene()
    const id = await scene.start()
    expect(await scene.accept(id)).toMatchObject({ status: 'GRANTED' })
    expect(await scene.given()).toMatchObject([
      { customerId: scene.customer.id, scopes: ['psd2-ais'], amr: ['hwk', 'user', 'mfa'], authTime: now },
    ])
    expect(await scene.request()).toMatchObject({ answer: 'granted', answeredAt: now })
    const [evidence] = await db.select().from(dispositionEvidence).where(eq(dispositionEvidence.dispositionId, id))
    expect(JSON.parse(evidence?.payload ?? '')).toMatchObject({
      operation: 'consent',
      subject: scene.visit.requestId,
      account: null,
      allows: ['psd2-ais'],
      until: 'P180D',
      asked: {
        customers: [{ id: scene.customer.id, name: 'Bianchi & Figli' }],
        scopes: ['psd2-ais'],
        denied_scopes: ['psd2-pis'],
      },
    })
    expect(evidence?.renderedText).toContain('+ See your payment accounts')
  })

  test('goes back to the callback from the waiting page, with a code for it, once', async () => {
    const scene = await aScene()
    const id = await scene.start()
    const finish = { id, ...scene.visit }
    expect(await finishConsentDisposition(scene.desk, finish)).toBeNull()
    await scene.accept(id)
    const answers = await Promise.all([
      finishConsentDisposition(scene.desk, finish),
      finishConsentDisposition({ ...scene.desk, db: replica.db }, finish),
    ])
    const [location, ...others] = answers.flatMap((answer) => (answer ? [new URL(answer.location)] : []))
    expect(others).toEqual([])
    expect(location?.origin).toBe('https://client.example')
    expect(Object.fromEntries(location?.searchParams ?? [])).toEqual({
      code: expect.stringMatching(/^[\w-]{43}$/),
      state: 'st-1',
      iss: 'http://localhost:3000',
    })
    const hash = sha256(location?.searchParams.get('code') ?? '')
    const [code] = await db.select().from(authorizationCodes).where(eq(authorizationCodes.codeHash, hash))
    expect(code).toMatchObject({ amr: ['hwk', 'user', 'mfa'], expiresAt: addMs(now, MINUTE) })
    const grants = await db.select().from(authorizationCodeGrants).where(eq(authorizationCodeGrants.codeHash, hash))
    const [consent] = await scene.given()
    expect(grants).toMatchObject([{ position: 0, consentId: consent?.id, scopes: ['psd2-ais'] }])
  })

  test('may be for several Customers, each with a consent and a grant of its own, in the order chosen', async () => {
    const scene = await aScene()
    const second = await aCustomer(db, scene.person.id, { name: 'Another' })
    const customerIds = [second.id, scene.customer.id]
    const id = await scene.start({ customerIds })
    await scene.accept(id)
    const answer = await finishConsentDisposition(scene.desk, { id, ...scene.visit })
    const hash = sha256(new URL(answer?.location ?? '').searchParams.get('code') ?? '')
    const grants = await db
      .select({ customerId: consents.customerId })
      .from(authorizationCodeGrants)
      .innerJoin(consents, eq(consents.id, authorizationCodeGrants.consentId))
      .where(eq(authorizationCodeGrants.codeHash, hash))
      .orderBy(authorizationCodeGrants.position)
    expect(grants.map(({ customerId }) => customerId)).toEqual(customerIds)
  })

  test('may be a payment, which is read as amount, creditor and account', async () => {
    const scene = await aScene({ scopes: [], authorizationDetails: [PAYMENT] })
    const id = await scene.start({ items: ['payment'] })
    const { statement } = await scene.prepare(id)
    expect(statement.rows).toContainEqual({
      label: 'Payment',
      value: '€123.45 to Luce & Gas SpA, IT60 X054 2811 1010 0000 0123 456',
    })
    await scene.accept(id)
    expect(await scene.given()).toMatchObject([{ scopes: [], authorizationDetails: [PAYMENT] }])
  })

  test('the code is for what it gave: a consent of later, between the same parties, is another', async () => {
    const scene = await aScene()
    const id = await scene.start()
    await scene.accept(id)
    const [consent] = await scene.given()
    await revokeConsent(scene.desk, { consentId: consent?.id ?? '' })
    const parties = { personId: scene.person.id, customerId: scene.customer.id }
    await aConsent(db, scene.application, parties, { scopes: ['psd2-pis'] })
    const answer = await finishConsentDisposition(scene.desk, { id, ...scene.visit })
    expect(answer?.location).toContain('error=access_denied')
  })

  test('that was revoked before the page came back answers as a denial', async () => {
    const scene = await aScene()
    const id = await scene.start()
    await scene.accept(id)
    const [consent] = await scene.given()
    await revokeConsent(scene.desk, { consentId: consent?.id ?? '' })
    const answer = await finishConsentDisposition(scene.desk, { id, ...scene.visit })
    expect(answer?.location).toContain('error=access_denied')
  })
})

describe('nothing goes back to the callback', () => {
  test('of an application that was stopped, before the acceptance or after it', async () => {
    const stop = (id: string) => db.update(applications).set({ suspendedAt: now }).where(eq(applications.id, id))
    const before = await aScene()
    const unaccepted = await before.start()
    const { options: _ } = await before.prepare(unaccepted)
    await stop(before.application.id)
    await expect(before.accept(unaccepted)).rejects.toThrow()
    expect([await before.given(), (await before.request())?.answer]).toEqual([[], null])
    await expect(before.start()).rejects.toMatchObject({ reason: 'disposition-ended' })
    const after = await aScene()
    const accepted = await after.start()
    await after.accept(accepted)
    await stop(after.application.id)
    expect(await finishConsentDisposition(after.desk, { id: accepted, ...after.visit })).toBeNull()
  })

  test('for another person, another browser, another disposition, or too late', async () => {
    const scene = await aScene()
    const id = await scene.start()
    await scene.accept(id)
    const stranger = testContext(db, personActor((await aPerson(db)).id), now)
    const finish = { id, ...scene.visit }
    expect(await finishConsentDisposition(stranger, finish)).toBeNull()
    expect(await finishConsentDisposition(scene.desk, { ...finish, browserToken: newOpaqueToken() })).toBeNull()
    expect(await finishConsentDisposition(scene.desk, { ...finish, browserToken: null })).toBeNull()
    expect(await finishConsentDisposition(scene.desk, { ...finish, id: newId('disposition') })).toBeNull()
    const late = { ...scene.desk, now: addMs(now, 10 * MINUTE) }
    expect(await finishConsentDisposition(late, finish)).toBeNull()
    expect(await finishConsentDisposition(scene.desk, finish)).not.toBeNull()
  })

  test('after a refusal in the wallet: the page can still decide', async () => {
    const scene = await aScene()
    const id = await scene.start()
    await refuseDisposition(scene.phone, { id })
    expect(await finishConsentDisposition(scene.desk, { id, ...scene.visit })).toBeNull()
    expect(await scene.given()).toEqual([])
    expect(await answerRequest(scene.desk, { ...scene.input, decision: 'deny' })).toMatchObject({
      location: expect.stringContaining('error=access_denied'),
    })
  })
})

describe('the page and the wallet', () => {
  test('give one answer, whichever is first', async () => {
    for (let n = 0; n < 5; n++) {
      const scene = await aScene()
      const id = await scene.start()
      const { options: _ } = await scene.prepare(id)
      const [wallet, page] = await Promise.allSettled([
        scene.accept(id),
        answerRequest(scene.desk, { ...scene.input, decision: n % 2 ? 'deny' : 'allow' }),
      ])
      const pageWon = page.status === 'fulfilled' && page.value !== null
      expect(pageWon).toBe(wallet.status === 'rejected')
      if (pageWon) expect(await finishConsentDisposition(scene.desk, { id, ...scene.visit })).toBeNull()
    }
  })

  test('an acceptance after a denial on the page is undone as a whole', async () => {
    const scene = await aScene()
    const id = await scene.start()
    await answerRequest(scene.desk, { ...scene.input, decision: 'deny' })
    await expect(scene.accept(id)).rejects.toMatchObject({ reason: 'disposition-ended' })
    expect(await scene.given()).toEqual([])
    expect(await getDispositionForImporter(scene.phone, { id })).toMatchObject({ status: 'IMPORTED' })
  })
})

describe('starting', () => {
  test('is for the person and the browser of an open request, for Customers that they own, and for what was asked', async () => {
    const scene = await aScene()
    const start = (changed: Partial<typeof scene.input>, ctx = scene.desk) =>
      startConsentDisposition(ctx, { ...scene.input, ...changed })
    const stranger = testContext(db, personActor((await aPerson(db)).id), now)
    const theirs = await aCustomer(db, (await aPerson(db)).id)
    const looked = await aCustomer(db, scene.person.id, {}, 'viewer')
    await expect(start({}, stranger)).rejects.toMatchObject({ kind: 'not-found' })
    await expect(start({ browserToken: newOpaqueToken() })).rejects.toMatchObject({ kind: 'not-found' })
    for (const { id } of [theirs, looked]) {
      await expect(start({ customerIds: [id] })).rejects.toMatchObject({ kind: 'not-found' })
    }
    await expect(start({ customerIds: [] })).rejects.toMatchObject({ reason: 'customer-unchosen' })
    await expect(start({ items: [] })).rejects.toMatchObject({ reason: 'nothing-allowed' })
    await expect(start({ items: ['payment'] })).rejects.toMatchObject({ reason: 'nothing-allowed' })
    await expect(start({ items: ['connect-ais'] })).rejects.toMatchObject({ reason: 'form-invalid' })
    const late = { ...scene.desk, now: addMs(now, 30 * MINUTE) }
    await expect(start({}, late)).rejects.toMatchObject({ reason: 'disposition-ended' })
    await answerRequest(scene.desk, { ...scene.input, decision: 'deny' })
    await expect(start({})).rejects.toMatchObject({ reason: 'disposition-ended' })
  })
})
