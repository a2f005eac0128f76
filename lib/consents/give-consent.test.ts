import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Connected } from '@/db/client'
import { aConsent, aCustomer, anApplication, aPerson } from '@/db/factories'
import { applications } from '@/db/schema/applications'
import { consents } from '@/db/schema/consents'
import { memberships } from '@/db/schema/customers'
import { auditEvents } from '@/db/schema/partitioned'
import { connectReplica, personActor, testContext, testDatabase } from '@/db/testing'
import { addDays, addMs, HOUR, MINUTE } from '@/lib/core/time'
import { readMail } from '@/lib/people/testing/read-mail'
import { giveConsent } from './give-consent'
import type { GiveConsentInput } from './schema'

const database = await testDatabase()
const { db } = database
const now = new Date()
let replica: Connected
beforeAll(async () => {
  replica = await connectReplica(database.url)
})
afterAll(() => replica.close())

async function aScene() {
  const person = await aPerson(db, { name: 'Marco Bianchi' })
  const customer = await aCustomer(db, person.id, { name: 'Bianchi & Figli' })
  const application = await anApplication(db, customer.id, { name: 'Ledgerly' })
  async function give(values: Partial<GiveConsentInput> = {}, at: Date = now, on = db) {
    const actor = personActor(person.id, { customerId: customer.id, role: 'owner' }, at)
    const input = {
      personId: person.id,
      customerId: customer.id,
      applicationId: application.id,
      environment: 'sandbox' as const,
      scopes: ['psd2-ais'],
      authorizationDetails: null,
      authTime: at,
      amr: ['pwd', 'otp', 'mfa'],
      ...values,
    }
    return on.transaction((tx) => giveConsent(tx, testContext(tx, actor, at), input))
  }
  /** Given earlier: the audit has partitions for these days only. */
  const held = (daysAgo: number, values: Partial<typeof consents.$inferInsert> = {}) => {
    const then = addDays(now, -daysAgo)
    const times = { grantedAt: then, authTime: then, expiresAt: addDays(then, 180) }
    return aConsent(db, application, { personId: person.id, customerId: customer.id }, { ...times, ...values })
  }
  const rows = () =>
    db.select().from(consents).where(eq(consents.customerId, customer.id)).orderBy(consents.grantedAt, consents.id)
  const actions = async () =>
    (
      await db
        .select({ action: auditEvents.action, data: auditEvents.data })
        .from(auditEvents)
        .where(eq(auditEvents.applicationId, application.id))
        .orderBy(auditEvents.id)
    ).map(({ action, data }) => [action, data.reason ?? data.scopes])
  return { person, customer, application, give, held, rows, actions }
}

async function subjects(person: { email: string }): Promise<string[]> {
  return (await readMail(db, person.email)).map(({ subject }) => subject).reverse()
}

describe('giving a consent', () => {
  test('makes it for 180 days from the SCA, with its audit row and a mail in plain words', async () => {
    const { give, rows, actions, person, application } = await aScene()
    const authTime = addMs(now, -2 * MINUTE)
    const { consentId } = await give({ scopes: ['psd2-pis', 'psd2-ais', 'psd2-ais'], authTime })
    expect(await rows()).toMatchObject([
      {
        id: consentId,
        personId: person.id,
        applicationId: application.id,
        scopes: ['psd2-ais', 'psd2-pis'],
        authTime,
        amr: ['pwd', 'otp', 'mfa'],
        grantedAt: now,
        renewedAt: null,
        expiresAt: addDays(authTime, 180),
        revokedAt: null,
      },
    ])
    expect(await actions()).toEqual([['consent.given', ['psd2-ais', 'psd2-pis']]])
    const [mail] = await readMail(db, person.email)
    expect(mail?.subject).toBe('Ledgerly (sandbox) may now act for Bianchi & Figli')
    expect(mail?.text).toContain('Marco Bianchi allowed the application “Ledgerly (sandbox)” this for Bianchi & Figli')
    expect(mail?.text).toContain('- See your payment accounts')
    expect(mail?.text).toContain(`http://localhost:3000/consents/${consentId}\n`)
  })

  test('tells the other owners too, each in their language, and no viewer', async () => {
    const { give, customer } = await aScene()
    const giulia = await aPerson(db, { locale: 'it' })
    const viewer = await aPerson(db)
    for (const [member, role] of [
      [giulia, 'owner'],
      [viewer, 'viewer'],
    ] as const) {
      await db
        .insert(memberships)
        .values({ id: `mem_${member.id}`, personId: member.id, customerId: customer.id, role })
    }
    await give()
    expect((await readMail(db, giulia.email))[0]?.text).toContain('- Vedere i tuoi conti di pagamento')
    expect(await subjects(viewer)).toEqual([])
  })

  test('again adds what is allowed, keeps what was, and begins the 180 days anew', async () => {
    const { give, held, rows, actions, person } = await aScene()
    const first = await held(100)
    const second = await give({ scopes: ['psd2-pis'], amr: ['hwk', 'user', 'mfa'] })
    expect(second.consentId).toBe(first.id)
    expect(await rows()).toMatchObject([
      {
        scopes: ['psd2-ais', 'psd2-pis'],
        amr: ['hwk', 'user', 'mfa'],
        authTime: now,
        grantedAt: first.grantedAt,
        renewedAt: now,
        expiresAt: addDays(now, 180),
      },
    ])
    expect((await actions()).map(([action]) => action)).toEqual(['consent.changed'])
    expect(await subjects(person)).toEqual(['Ledgerly (sandbox) may now do more for Bianchi & Figli'])
  })

  test('of the same renews; mails tell of it once a day at most', async () => {
    const { give, held, actions, person } = await aScene()
    await held(30)
    await give()
    await give({}, addMs(now, HOUR))
    await give({}, addMs(now, 2 * HOUR))
    expect(await subjects(person)).toEqual(['Ledgerly (sandbox) may go on acting for Bianchi & Figli'])
    expect((await actions()).map(([action]) => action)).toEqual(Array(3).fill('consent.renewed'))
  })

  test('with something denied that it holds ends it, and what stays allowed is another consent', async () => {
    const { give, rows, actions } = await aScene()
    const first = await give({ scopes: ['psd2-ais', 'psd2-pis'] })
    const untouched = await give({ scopes: ['psd2-ais'], deniedScopes: ['connect-ais'] }, addMs(now, 1))
    expect(untouched).toEqual(first)
    const second = await give({ scopes: ['psd2-ais'], deniedScopes: ['psd2-pis'] }, addMs(now, 2))
    expect(second).not.toEqual(first)
    expect(await rows()).toMatchObject([
      { id: first.consentId, revokedAt: addMs(now, 2), revokedReason: 'replaced' },
      { id: second.consentId, scopes: ['psd2-ais'], revokedAt: null },
    ])
    expect((await actions()).slice(-2)).toEqual([
      ['consent.revoked', 'replaced'],
      ['consent.given', ['psd2-ais']],
    ])
  })

  test('that has run out does not bring back what it held', async () => {
    const { give, held, rows } = await aScene()
    const first = await held(180, { scopes: ['psd2-ais', 'psd2-pis'] })
    const second = await give({ scopes: ['psd2-ais'] })
    expect(await rows()).toMatchObject([
      { id: first.id, revokedReason: 'expired' },
      { id: second.consentId, scopes: ['psd2-ais'], expiresAt: addDays(now, 180) },
    ])
  })

  test('keeps authorization details, and the newest ones asked for', async () => {
    const { give, rows } = await aScene()
    const details = [{ type: 'payment', amount: 1200 }]
    await give({ scopes: [], authorizationDetails: details })
    await give({ scopes: ['psd2-pis'] })
    expect(await rows()).toMatchObject([{ scopes: ['psd2-pis'], authorizationDetails: details }])
    await give({ scopes: [], authorizationDetails: [{ type: 'payment', amount: 5 }] })
    expect(await rows()).toMatchObject([{ authorizationDetails: [{ type: 'payment', amount: 5 }] }])
  })

  test('twenty times at once on two replicas makes one, with everything that was allowed', async () => {
    const { give, rows } = await aScene()
    const scopes = ['psd2-ais', 'psd2-pis', 'connect-ais', 'connect-pis']
    const given = await Promise.all(
      Array.from({ length: 20 }, (_, n) => give({ scopes: [scopes[n % 4] as string] }, now, n % 2 ? db : replica.db)),
    )
    expect(new Set(given.map(({ consentId }) => consentId)).size).toBe(1)
    expect(await rows()).toMatchObject([{ scopes: [...scopes].sort() }])
  })

  test('leaves other environments, Customers and applications alone', async () => {
    const { give, rows, person, customer } = await aScene()
    const other = await anApplication(db, customer.id)
    const held = await aConsent(db, other, { personId: person.id, customerId: customer.id })
    await give({ deniedScopes: ['psd2-ais'] })
    expect((await rows()).find(({ id }) => id === held.id)).toMatchObject({ revokedAt: null, renewedAt: null })
  })
})

describe('nobody consents', () => {
  test('for a Customer of others, which looks like none at all', async () => {
    const { give } = await aScene()
    const stranger = await aCustomer(db, (await aPerson(db)).id)
    const failures = await Promise.all(
      [stranger.id, 'cus_missing', 'no\0id', ''].map((customerId) =>
        give({ customerId }).catch((error: Error) => ({ ...error, detail: null, message: error.message })),
      ),
    )
    expect(new Set(failures.map((failure) => JSON.stringify(failure))).size).toBe(1)
    expect(failures[0]).toMatchObject({ kind: 'not-found' })
  })

  test('as a viewer, or after leaving', async () => {
    const { give, person, customer, rows } = await aScene()
    const set = (values: Partial<typeof memberships.$inferInsert>) =>
      db
        .update(memberships)
        .set(values)
        .where(sql`${memberships.personId} = ${person.id} and ${memberships.customerId} = ${customer.id}`)
    await set({ role: 'viewer' })
    await expect(give()).rejects.toMatchObject({ reason: 'owner-required' })
    await set({ role: 'owner', endedAt: now })
    await expect(give()).rejects.toMatchObject({ kind: 'not-found' })
    expect(await rows()).toEqual([])
  })

  test('on an SCA of more than five minutes ago, to nothing, for somebody else, or to a stopped application', async () => {
    const { give, application, rows } = await aScene()
    const other = await aPerson(db)
    await expect(give({ authTime: addMs(now, -5 * MINUTE - 1) })).rejects.toMatchObject({ reason: 'step-up-required' })
    await expect(give({ scopes: [] })).rejects.toMatchObject({ reason: 'nothing-allowed' })
    await expect(give({ personId: other.id })).rejects.toThrow('assertion')
    await expect(give({ environment: 'production' })).rejects.toMatchObject({ reason: 'application-suspended' })
    await db.update(applications).set({ suspendedAt: now }).where(eq(applications.id, application.id))
    await expect(give()).rejects.toMatchObject({ reason: 'application-suspended' })
    expect(await rows()).toEqual([])
  })
})
