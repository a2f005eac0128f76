import { and, eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Connected } from '@/db/client'
import { aConsent, aCustomer, aMember, anApplication, aPerson } from '@/db/factories'
import { applications } from '@/db/schema/applications'
import { consents } from '@/db/schema/consents'
import { memberships } from '@/db/schema/customers'
import { auditEvents } from '@/db/schema/partitioned'
import { connectReplica, personActor, testContext, testDatabase } from '@/db/testing'
import { addDays, addMs, DAY, MINUTE } from '@/lib/core/time'
import { leaveCustomer, removePerson } from '@/lib/customers/remove-person'
import { readMail } from '@/lib/people/testing/read-mail'
import { consentStatus } from './consent'
import { countConsents, countConsentsOfApplication } from './count-consents'
import { endConsentsOfMember } from './end-consents-of-member'
import { getConsent } from './get-consent'
import { giveConsent } from './give-consent'
import { listConsentHistory } from './list-consent-history'
import { listConsents } from './list-consents'
import { listConsentsOfApplication } from './list-consents-of-application'
import { listGivenBefore } from './list-given-before'
import { renewConsent } from './renew-consent'
import { revokeConsent } from './revoke-consent'
import { CONSENTS_PER_PAGE } from './schema'
import { sendConsentNotices } from './send-consent-notices'

const database = await testDatabase()
const { db } = database
const now = new Date()
let replica: Connected
beforeAll(async () => {
  replica = await connectReplica(database.url)
})
afterAll(() => replica.close())

const operator = testContext(db, { kind: 'operator' as const, name: 'cli' }, now)

async function joins(customerId: string, role: 'owner' | 'viewer') {
  const person = await aPerson(db)
  await db.insert(memberships).values({ id: `mem_${person.id}`, personId: person.id, customerId, role })
  return { ...person, ctx: testContext(db, personActor(person.id, { customerId, role }, now), now) }
}

async function aScene() {
  const person = await aPerson(db, { name: 'Marco Bianchi' })
  const customer = await aCustomer(db, person.id, { name: 'Bianchi & Figli' })
  const owner = await aPerson(db)
  const business = await aCustomer(db, owner.id, { name: 'Fintech Srl' })
  const application = await anApplication(db, business.id, { name: 'Ledgerly' })
  const ctx = testContext(db, personActor(person.id, { customerId: customer.id, role: 'owner' }, now), now)
  const ofTeam = testContext(db, personActor(owner.id, { customerId: business.id, role: 'owner' }, now), now)
  const pair = { personId: person.id, customerId: customer.id }
  const held = (daysAgo = 10, values: Partial<typeof consents.$inferInsert> = {}) => {
    const then = addDays(now, -daysAgo)
    return aConsent(db, application, pair, {
      grantedAt: then,
      authTime: then,
      expiresAt: addDays(then, 180),
      ...values,
    })
  }
  return { person, customer, application, business, ctx, ofTeam, pair, held }
}

async function row(id: string) {
  const [found] = await db.select().from(consents).where(eq(consents.id, id))
  return found
}

async function subjects(person: { email: string }): Promise<string[]> {
  return (await readMail(db, person.email)).map(({ subject }) => subject).reverse()
}

async function eventsOf(subjectId: string) {
  const rows = await db
    .select({ action: auditEvents.action, actorId: auditEvents.actorId, data: auditEvents.data })
    .from(auditEvents)
    .where(eq(auditEvents.subjectId, subjectId))
    .orderBy(auditEvents.id)
  return rows
}

test('a consent is expired from its moment on, and revoked above all', () => {
  expect(consentStatus({ revokedAt: null, expiresAt: addMs(now, 1) }, now)).toBe('GRANTED')
  expect(consentStatus({ revokedAt: null, expiresAt: now }, now)).toBe('EXPIRED')
  expect(consentStatus({ revokedAt: now, expiresAt: now }, now)).toBe('REVOKED')
})

describe('revoking a consent', () => {
  test('is for its giver, for every owner of the Customer and for operators, with its audit row and mails', async () => {
    const { ctx, held, person, customer } = await aScene()
    const colleague = await joins(customer.id, 'owner')
    const acts = [ctx, colleague.ctx, operator]
    for (const [n, acting] of acts.entries()) {
      const consent = await held()
      await revokeConsent(acting, { consentId: consent.id })
      const by = [person.id, colleague.id, 'cli'][n] as string
      expect(await row(consent.id)).toMatchObject({ revokedAt: now, revokedBy: by, revokedReason: 'withdrawn' })
      expect(await eventsOf(consent.id)).toMatchObject([
        { action: 'consent.revoked', actorId: by, data: { reason: 'withdrawn' } },
      ])
    }
    expect(await subjects(person)).toEqual(Array(3).fill('Ledgerly (sandbox) may no longer act for Bianchi & Figli'))
    expect(await subjects(colleague)).toHaveLength(3)
  })

  test('is done once, however many ask at once on two replicas, and again changes nothing', async () => {
    const { ctx, held } = await aScene()
    const { id: consentId } = await held()
    await Promise.all(
      Array.from({ length: 10 }, (_, n) => revokeConsent({ ...ctx, db: n % 2 ? db : replica.db }, { consentId })),
    )
    await revokeConsent(ctx, { consentId })
    expect(await eventsOf(consentId)).toHaveLength(1)
  })

  test('is not for a viewer, unless they gave it while they were an owner', async () => {
    const { ctx, held, customer, pair } = await aScene()
    const viewer = await joins(customer.id, 'viewer')
    const { id: consentId } = await held()
    await expect(revokeConsent(viewer.ctx, { consentId })).rejects.toMatchObject({ reason: 'owner-required' })
    await db.update(memberships).set({ role: 'viewer' }).where(eq(memberships.personId, pair.personId))
    await revokeConsent(ctx, { consentId })
    expect(await row(consentId)).toMatchObject({ revokedAt: now })
  })
})

describe('a stranger', () => {
  test('gets the same answer for a consent of others as for none, whatever they ask', async () => {
    const { held, ofTeam } = await aScene()
    const { id } = await held()
    const asks = [getConsent, listConsentHistory, revokeConsent, renewConsent]
    for (const ask of asks) {
      for (const consentId of [id, 'cns_00000000000000000000', 'no\0id', '']) {
        await expect(ask(ofTeam, { consentId })).rejects.toMatchObject({ kind: 'not-found', reason: 'not-found' })
      }
    }
    expect((await listConsents(ofTeam, { ended: false, page: 1 })).rows).toEqual([])
    expect(await row(id)).toMatchObject({ revokedAt: null, renewedAt: null })
  })
})

describe('what people see', () => {
  test('are the consents of every Customer that they belong to, who gave each, and what they may do about it', async () => {
    const { ctx, held, customer, application } = await aScene()
    const colleague = await joins(customer.id, 'owner')
    const viewer = await joins(customer.id, 'viewer')
    const { id } = await held()
    expect((await listConsents(ctx, { ended: false, page: 1 })).rows).toMatchObject([
      {
        id,
        status: 'GRANTED',
        application: { id: application.id, name: 'Ledgerly', ownerName: null },
        customerName: 'Bianchi & Figli',
        giverName: 'Marco Bianchi',
        givenByYou: true,
        canRevoke: true,
        canRenew: true,
      },
    ])
    expect(await getConsent(colleague.ctx, { consentId: id })).toMatchObject({
      givenByYou: false,
      canRevoke: true,
      canRenew: false,
    })
    expect(await getConsent(viewer.ctx, { consentId: id })).toMatchObject({ canRevoke: false, canRenew: false })
  })

  test('what is over is apart from what counts: revoked and run out', async () => {
    const { ctx, held } = await aScene()
    const revoked = await held(20, { revokedAt: now, revokedReason: 'withdrawn' })
    const expired = await held(180)
    await expect(held(1)).rejects.toThrow() // one of the four that has not been revoked, expired or not
    expect((await listConsents(ctx, { ended: true, page: 1 })).rows).toMatchObject([
      { id: revoked.id, status: 'REVOKED', revokedReason: 'withdrawn' },
      { id: expired.id, status: 'EXPIRED', canRenew: false },
    ])
    expect(await listConsents(ctx, { ended: false, page: 1 })).toMatchObject({ rows: [], total: 0 })
  })

  test('comes in pages, and a page beyond the last is the last', async () => {
    const { ctx, held } = await aScene()
    for (let n = 0; n <= CONSENTS_PER_PAGE; n++) await held(200 + n, { revokedAt: now })
    const first = await listConsents(ctx, { ended: true, page: 1 })
    const last = await listConsents(ctx, { ended: true, page: 99 })
    expect([first.rows.length, last.rows.length, last.page, last.total]).toEqual([25, 1, 2, 26])
  })

  test('the history names colleagues, whomever the person acts for at the moment', async () => {
    const { ctx, pair, application, customer } = await aScene()
    const input = {
      ...pair,
      applicationId: application.id,
      environment: 'sandbox' as const,
      scopes: ['psd2-ais'],
      authorizationDetails: null,
      authTime: now,
      amr: ['pwd'],
    }
    const { consentId } = await db.transaction((tx) => giveConsent(tx, ctx, input))
    const colleague = await joins(customer.id, 'owner')
    const elsewhere = { ...colleague.ctx, actor: { ...colleague.ctx.actor, customerId: null, role: null } }
    await revokeConsent(colleague.ctx, { consentId })
    expect(await listConsentHistory(elsewhere, { consentId })).toMatchObject([
      { action: 'consent.revoked', byYou: true },
      { action: 'consent.given', actorName: 'Marco Bianchi' },
    ])
  })
})

test('whoever is asked anew reads of every consent that they gave this application in this environment, however many others they have', async () => {
  const { ctx, held, pair, application, business, customer } = await aScene()
  await held(100)
  for (let n = 0; n <= CONSENTS_PER_PAGE; n += 1) {
    await aConsent(db, await anApplication(db, business.id), pair, { grantedAt: now })
  }
  const input = { applicationId: application.id, environment: 'sandbox' as const }
  expect(await listGivenBefore(ctx, input)).toEqual(['Bianchi & Figli'])
  expect(await listGivenBefore(ctx, { ...input, environment: 'production' })).toEqual([])
  expect(await listGivenBefore((await joins(customer.id, 'owner')).ctx, input)).toEqual([])
  const over = { ...ctx, now: addDays(now, 80) }
  expect(await listGivenBefore(over, input)).toEqual([])
})

describe('renewing a consent', () => {
  test('by its giver begins its 180 days anew, and keeps it', async () => {
    const { ctx, held, person } = await aScene()
    const consent = await held(175)
    const stepped = { steppedUpAt: addMs(now, -MINUTE), steppedUpAmr: ['sms'] }
    const proved = { ...ctx, actor: { ...ctx.actor, authTime: addDays(now, -0.1), ...stepped } }
    const { expiresAt } = await renewConsent(proved, { consentId: consent.id })
    expect(expiresAt).toEqual(addDays(addMs(now, -MINUTE), 180))
    expect(await row(consent.id)).toMatchObject({
      scopes: consent.scopes,
      grantedAt: consent.grantedAt,
      authTime: addMs(now, -MINUTE),
      amr: ['sms'],
      renewedAt: now,
      expiresAt,
    })
    expect(await eventsOf(consent.id)).toMatchObject([{ action: 'consent.renewed', actorId: person.id }])
    expect(await subjects(person)).toEqual(['Ledgerly (sandbox) may go on acting for Bianchi & Figli'])
  })

  test('needs a proof of the last five minutes', async () => {
    const { ctx, held } = await aScene()
    const { id: consentId } = await held()
    const stale = { ...ctx, actor: { ...ctx.actor, authTime: addMs(now, -5 * MINUTE - 1) } }
    await expect(renewConsent(stale, { consentId })).rejects.toMatchObject({ reason: 'step-up-required' })
    expect(await row(consentId)).toMatchObject({ renewedAt: null })
  })

  test('is not for other owners, nor for a giver who only looks now', async () => {
    const { ctx, held, customer, pair } = await aScene()
    const colleague = await joins(customer.id, 'owner')
    const { id: consentId } = await held()
    await expect(renewConsent(colleague.ctx, { consentId })).rejects.toMatchObject({ reason: 'giver-required' })
    await db.update(memberships).set({ role: 'viewer' }).where(eq(memberships.personId, pair.personId))
    await expect(renewConsent(ctx, { consentId })).rejects.toMatchObject({ reason: 'owner-required' })
  })

  test('comes too late for one that has run out, was revoked, or whose application was stopped', async () => {
    const { ctx, held, application } = await aScene()
    const expired = await held(180)
    await expect(renewConsent(ctx, { consentId: expired.id })).rejects.toMatchObject({ reason: 'consent-over' })
    await revokeConsent(ctx, { consentId: expired.id })
    await expect(renewConsent(ctx, { consentId: expired.id })).rejects.toMatchObject({ reason: 'consent-over' })
    const other = await held()
    await db.update(applications).set({ suspendedAt: now }).where(eq(applications.id, application.id))
    await expect(renewConsent(ctx, { consentId: other.id })).rejects.toMatchObject({ reason: 'consent-over' })
  })

  test('never brings back what is revoked at the same moment', async () => {
    const { ctx, held } = await aScene()
    for (let n = 0; n < 5; n++) {
      const { id: consentId } = await held()
      await Promise.allSettled([
        renewConsent({ ...ctx, db: replica.db }, { consentId }),
        revokeConsent(ctx, { consentId }),
      ])
      expect(await row(consentId)).toMatchObject({ revokedAt: now })
    }
  })
})

describe('the end of a membership', () => {
  test('ends the consents that the person gave for that Customer, and no others', async () => {
    const { ctx, held, customer, person, application } = await aScene()
    const colleague = await joins(customer.id, 'owner')
    const own = await held()
    const theirs = await aConsent(db, application, { personId: colleague.id, customerId: customer.id })
    const elsewhere = await aCustomer(db, person.id)
    const other = await aConsent(db, application, { personId: person.id, customerId: elsewhere.id })
    await leaveCustomer(ctx, { customerId: customer.id }, endConsentsOfMember)
    expect(await row(own.id)).toMatchObject({ revokedAt: now, revokedReason: 'left', revokedBy: person.id })
    expect(await row(theirs.id)).toMatchObject({ revokedAt: null })
    expect(await row(other.id)).toMatchObject({ revokedAt: null })
    expect((await subjects(person)).sort()).toEqual([
      'Ledgerly (sandbox) may no longer act for Bianchi & Figli',
      'You no longer belong to Bianchi & Figli',
    ])
    expect(await subjects(colleague)).toContain('Marco Bianchi no longer belongs to Bianchi & Figli')
  })

  test('by another owner does the same, and whoever comes back does not find them alive', async () => {
    const { held, customer, person } = await aScene()
    const colleague = await joins(customer.id, 'owner')
    const { id } = await held()
    const input = { customerId: customer.id, personId: person.id }
    await removePerson(colleague.ctx, input, endConsentsOfMember)
    await db.insert(memberships).values({ id: `mem_again_${person.id}`, ...input, role: 'owner' })
    expect(await row(id)).toMatchObject({ revokedReason: 'left', revokedBy: colleague.id })
  })

  test('that meets a gift leaves none alive', async () => {
    for (let n = 0; n < 8; n++) {
      const { ctx, customer, pair, application } = await aScene()
      await joins(customer.id, 'owner')
      const input = {
        ...pair,
        applicationId: application.id,
        environment: 'sandbox' as const,
        scopes: ['psd2-ais'],
        authorizationDetails: null,
        authTime: now,
        amr: ['pwd'],
      }
      await Promise.allSettled([
        replica.db.transaction((tx) => giveConsent(tx, ctx, input)),
        leaveCustomer(ctx, { customerId: customer.id }, endConsentsOfMember),
      ])
      const given = await db.select().from(consents).where(eq(consents.customerId, customer.id))
      expect(given.filter(({ revokedAt }) => revokedAt === null)).toEqual([])
      const [membership] = await db
        .select()
        .from(memberships)
        .where(and(eq(memberships.customerId, customer.id), eq(memberships.personId, pair.personId)))
      expect(membership?.endedAt).toEqual(now)
    }
  })
})

describe('counts', () => {
  test('tell an application’s team how many, and nobody else', async () => {
    const { ctx, ofTeam, held, application, customer } = await aScene()
    await held(180)
    for (const daysAgo of [5, 170]) {
      const other = await aPerson(db)
      const theirs = await aCustomer(db, other.id)
      const then = addDays(now, -daysAgo)
      const times = { grantedAt: then, authTime: then, expiresAt: addDays(then, 180) }
      await aConsent(db, application, { personId: other.id, customerId: theirs.id }, times)
    }
    await aConsent(db, application, { personId: ctx.actor.personId, customerId: customer.id }, { revokedAt: now })
    const place = { applicationId: application.id, environment: 'sandbox' as const }
    const counts = { granted: 2, endingSoon: 1, expired: 1, revoked: 1 }
    expect(await countConsentsOfApplication(ofTeam, place)).toEqual(counts)
    const { personId } = await aMember(db, application.id, 'analyst')
    expect(await countConsentsOfApplication(testContext(db, personActor(personId)), place)).toEqual(counts)
    await expect(countConsentsOfApplication(ctx, place)).rejects.toMatchObject({ kind: 'not-found' })
    expect(await countConsents(ctx)).toBe(0)
    await aConsent(db, await anApplication(db, customer.id), { personId: ctx.actor.personId, customerId: customer.id })
    expect(await countConsents(ctx)).toBe(1)
  })

  test('operators alone see a list, with persons by their ids', async () => {
    const { ctx, held, application, person, customer } = await aScene()
    const { id } = await held()
    const place = { applicationId: application.clientId, environment: 'sandbox' as const }
    const listed = await listConsentsOfApplication(operator, place)
    expect(listed).toMatchObject([{ id, status: 'GRANTED', personId: person.id, customerId: customer.id }])
    expect(JSON.stringify(listed)).not.toContain('Bianchi')
    await expect(listConsentsOfApplication(ctx, place)).rejects.toMatchObject({ reason: 'operator-required' })
    await expect(listConsentsOfApplication(operator, { ...place, applicationId: 'x' })).rejects.toMatchObject({
      kind: 'not-found',
    })
  })
})

describe('notices', () => {
  const run = (at: Date, on = db) => sendConsentNotices(testContext(on, { kind: 'system', name: 'notices' }, at))

  test('come 14, 7 and 1 days before the end, once each on two replicas, to the giver alone', async () => {
    const { held, person, customer } = await aScene()
    const colleague = await joins(customer.id, 'owner')
    const { id, expiresAt } = await held()
    const told: number[] = []
    for (const days of [15, 14, 13, 8, 7, 2, 1, 0.5, 0, -1]) {
      const at = addMs(expiresAt, -days * DAY)
      await Promise.all([run(at), run(at, replica.db)])
      told.push((await subjects(person)).length)
    }
    expect(told).toEqual([0, 1, 1, 1, 2, 2, 3, 3, 3, 3])
    expect(await subjects(colleague)).toEqual([])
    const [mail] = await readMail(db, person.email)
    expect(mail?.subject).toBe('What Ledgerly (sandbox) may do for Bianchi & Figli ends soon')
    expect(mail?.text).toContain('- See your payment accounts')
    expect(mail?.text).toContain(`http://localhost:3000/consents/${id}\n`)
  })

  test('say nothing of what is revoked or renewed, or cannot be renewed by its giver', async () => {
    const gone = await aScene()
    await gone.held(10, { revokedAt: now })
    const renewed = await aScene()
    const { id } = await renewed.held(175)
    await renewConsent(renewed.ctx, { consentId: id })
    const viewer = await aScene()
    await viewer.held(175)
    await db.update(memberships).set({ role: 'viewer' }).where(eq(memberships.personId, viewer.person.id))
    await run(addDays(now, 1))
    for (const { person } of [gone, viewer]) expect(await subjects(person)).toEqual([])
    expect(await subjects(renewed.person)).toHaveLength(1)
    await run(addDays(now, 175))
    expect((await subjects(renewed.person)).at(-1)).toContain('ends soon')
  })
})
