import { eq, sql } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { aCustomer, anAccount, aPerson } from '@/db/factories'
import { auditEvents } from '@/db/schema/partitioned'
import { sessions } from '@/db/schema/people'
import { personActor, testContext, testDatabase } from '@/db/testing'
import { isIban } from '@/lib/core/iban'
import { newId } from '@/lib/core/ids'
import { newOpaqueToken, sha256 } from '@/lib/core/secrets'
import { actFor } from './act-for'
import { createBusiness } from './create-business'
import { findAccountByIban } from './find-account-by-iban'
import { getOwnedBusiness } from './get-owned-business'
import { listAccounts } from './list-accounts'
import { listCustomers } from './list-customers'
import { listOwnedAccounts } from './list-owned-accounts'
import { openAccount } from './open-account'
import { italianIban, newSandboxIban } from './sandbox-iban'
import { BUSINESS_LIMIT, CreateBusinessInput, SANDBOX_ACCOUNT_LIMIT } from './schema'

const { db } = await testDatabase()

async function aSignedInPerson() {
  const person = await aPerson(db)
  const sessionId = newId('session')
  await db.insert(sessions).values({
    id: sessionId,
    tokenHash: sha256(newOpaqueToken()),
    personId: person.id,
    authTime: new Date(),
    amr: ['pwd', 'otp'],
    lastActiveAt: new Date(),
    expiresAt: new Date(Date.now() + 3_600_000),
    userAgent: 'test',
  })
  return { person, sessionId, ctx: testContext(db, personActor(person.id, { sessionId })) }
}

async function customerOfSession(sessionId: string) {
  const [row] = await db.select({ id: sessions.customerId }).from(sessions).where(eq(sessions.id, sessionId))
  return row?.id
}

describe('createBusiness', () => {
  test('makes the person its owner, opens a sandbox account, and lets the session act for it', async () => {
    const { ctx, sessionId } = await aSignedInPerson()
    const { customerId, account } = await createBusiness(ctx, { name: 'Bar Sport Srl' })
    expect(isIban(account.iban)).toBe(true)
    expect(await listCustomers(ctx)).toEqual([
      { id: customerId, name: 'Bar Sport Srl', kind: 'business', role: 'owner', nameVerified: false },
    ])
    expect(await customerOfSession(sessionId)).toBe(customerId)
    const acting = { ...ctx, actor: { ...ctx.actor, customerId, role: 'owner' as const } }
    expect(await listAccounts(acting)).toEqual([account])
    const [event] = await db.select().from(auditEvents).where(eq(auditEvents.subjectId, customerId))
    expect(event).toMatchObject({ action: 'customer.created', actorId: ctx.actor.personId, customerId })
  })

  test('stops at the limit, also for many at the same moment, and says so', async () => {
    const { ctx, person } = await aSignedInPerson()
    await Promise.all(Array.from({ length: BUSINESS_LIMIT - 2 }, () => aCustomer(db, person.id)))
    const outcomes = await Promise.allSettled(
      Array.from({ length: 6 }, () => createBusiness(ctx, { name: 'One more' })),
    )
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(2)
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ reason: 'business-limit-reached' })
    }
    await expect(createBusiness((await aSignedInPerson()).ctx, { name: 'Another’s' })).resolves.toBeDefined()
  })

  test('is refused to whoever is not a person', async () => {
    const ctx = testContext(db, { kind: 'anonymous' })
    await expect(createBusiness(ctx, { name: 'x' })).rejects.toMatchObject({ reason: 'sign-in-required' })
  })

  test.each(['', '   ', 'a\nb', 'a\u0000b', 'x'.repeat(81)])('does not take %j as a name', (name) => {
    expect(CreateBusinessInput.safeParse({ name }).success).toBe(false)
  })
})

describe('actFor', () => {
  test('points the session at a Customer of the person, and writes it down', async () => {
    const { ctx, person, sessionId } = await aSignedInPerson()
    const customer = await aCustomer(db, person.id)
    await actFor(ctx, { customerId: customer.id })
    expect(await customerOfSession(sessionId)).toBe(customer.id)
    const events = await db.select().from(auditEvents).where(eq(auditEvents.subjectId, sessionId))
    expect(events.map(({ action }) => action)).toEqual(['customer.chosen'])
  })

  test('answers alike for a Customer of others, one that is missing, and one the person has left', async () => {
    const { ctx, person, sessionId } = await aSignedInPerson()
    const foreign = await aCustomer(db, (await aPerson(db)).id)
    const left = await aCustomer(db, person.id)
    await db.execute(sql`update memberships set ended_at = now() where customer_id = ${left.id}`)
    for (const customerId of [foreign.id, left.id, newId('customer')]) {
      await expect(actFor(ctx, { customerId })).rejects.toMatchObject({ kind: 'not-found', reason: 'not-found' })
    }
    expect(await customerOfSession(sessionId)).toBeNull()
  })

  test('never moves the session of somebody else', async () => {
    const { ctx, person } = await aSignedInPerson()
    const other = await aSignedInPerson()
    const customer = await aCustomer(db, person.id)
    const forged = { ...ctx, actor: { ...ctx.actor, sessionId: other.sessionId } }
    await expect(actFor(forged, { customerId: customer.id })).rejects.toMatchObject({ kind: 'not-found' })
    expect(await customerOfSession(other.sessionId)).toBeNull()
  })
})

describe('accounts', () => {
  test('are those of the Customer acted for, and none of another', async () => {
    const owner = await aPerson(db)
    const mine = await aCustomer(db, owner.id)
    const foreign = await aCustomer(db, (await aPerson(db)).id)
    const account = await anAccount(db, mine.id)
    const other = await anAccount(db, foreign.id)
    const ctx = testContext(db, personActor(owner.id, { customerId: mine.id, role: 'owner' }))
    expect((await listAccounts(ctx)).map(({ id }) => id)).toEqual([account.id])
    const environment = 'sandbox'
    expect((await findAccountByIban(ctx, { iban: account.iban, environment }))?.id).toBe(account.id)
    expect(await findAccountByIban(ctx, { iban: other.iban, environment })).toBeNull()
  })

  test('are found for an operator whoever owns them, however the IBAN is written', async () => {
    const account = await anAccount(db, (await aCustomer(db, (await aPerson(db)).id)).id)
    const ctx = testContext(db, { kind: 'operator', name: 'cli' })
    const iban = account.iban.toLowerCase().replace(/(.{4})/g, '$1 ')
    expect((await findAccountByIban(ctx, { iban, environment: 'sandbox' }))?.id).toBe(account.id)
    expect(await findAccountByIban(ctx, { iban, environment: 'production' })).toBeNull()
  })

  test('that a person may grant on are those of Customers they own, not of those they only view', async () => {
    const person = await aPerson(db)
    const owned = await aCustomer(db, person.id, { name: 'Owned' })
    const viewed = await aCustomer(db, person.id, {}, 'viewer')
    const account = await anAccount(db, owned.id)
    await anAccount(db, viewed.id)
    const ctx = testContext(db, personActor(person.id))
    const found = await listOwnedAccounts(ctx, { environment: 'sandbox' })
    expect(found.map(({ id, customerName }) => [id, customerName])).toEqual([[account.id, 'Owned']])
  })
})

describe('openAccount', () => {
  test('opens sandbox accounts for an owner up to the limit, also many at the same moment', async () => {
    const person = await aPerson(db)
    const customer = await aCustomer(db, person.id)
    const ctx = testContext(db, personActor(person.id, { customerId: customer.id, role: 'owner' }))
    const outcomes = await Promise.allSettled(Array.from({ length: SANDBOX_ACCOUNT_LIMIT + 4 }, () => openAccount(ctx)))
    const opened = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
    expect(opened).toHaveLength(SANDBOX_ACCOUNT_LIMIT)
    expect(opened.every(({ iban, environment }) => isIban(iban) && environment === 'sandbox')).toBe(true)
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ reason: 'account-limit-reached' })
    }
    const [event] = await db
      .select()
      .from(auditEvents)
      .where(eq(auditEvents.subjectId, opened[0]?.id ?? ''))
    expect(event).toMatchObject({ action: 'account.opened', customerId: customer.id })
  })

  test('is refused to a viewer and to who acts for nobody', async () => {
    const person = await aPerson(db)
    const customer = await aCustomer(db, person.id, {}, 'viewer')
    const viewer = testContext(db, personActor(person.id, { customerId: customer.id, role: 'viewer' }))
    await expect(openAccount(viewer)).rejects.toMatchObject({ reason: 'owner-required' })
    await expect(openAccount(testContext(db, personActor(person.id)))).rejects.toMatchObject({
      reason: 'customer-required',
    })
  })
})

describe('getOwnedBusiness', () => {
  test('wants a name where the owner has several, and knows the address whatever its case', async () => {
    const person = await aPerson(db)
    const first = await aCustomer(db, person.id, { name: 'First Srl' })
    const ctx = testContext(db, { kind: 'operator', name: 'cli' })
    const ownerEmail = person.email.toUpperCase()
    expect((await getOwnedBusiness(ctx, { ownerEmail })).id).toBe(first.id)
    const second = await aCustomer(db, person.id, { name: 'Second Srl' })
    await expect(getOwnedBusiness(ctx, { ownerEmail })).rejects.toMatchObject({ reason: 'business-ambiguous' })
    expect((await getOwnedBusiness(ctx, { ownerEmail, name: 'Second Srl' })).id).toBe(second.id)
    await expect(getOwnedBusiness(ctx, { ownerEmail: 'nobody@example.test' })).rejects.toMatchObject({
      reason: 'business-missing',
    })
  })

  test('is for operators alone', async () => {
    const ctx = testContext(db, personActor((await aPerson(db)).id))
    await expect(getOwnedBusiness(ctx, { ownerEmail: 'x@example.test' })).rejects.toMatchObject({
      reason: 'operator-required',
    })
  })
})

describe('sandbox IBANs', () => {
  test('carry the check letter and the check digits of the published Italian example', () => {
    expect(italianIban('123456')).toBe('IT60X0542811101000000123456')
  })

  test('are always valid', () => {
    for (let i = 0; i < 500; i++) expect(isIban(newSandboxIban())).toBe(true)
  })
})
