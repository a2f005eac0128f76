import { eq, sql } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { aCustomer, aMember, anApplication, aPerson } from '@/db/factories'
import { applicationMembers } from '@/db/schema/applications'
import { memberships } from '@/db/schema/customers'
import { personActor, testContext, testDatabase } from '@/db/testing'
import { APPLICATION_ACTIONS, APPLICATION_ROLES, type ApplicationRole, isAllowed } from '@/lib/access/permissions'
import { newId } from '@/lib/core/ids'
import { ENVIRONMENTS } from '@/lib/core/secrets'
import { getApplicationFor, holdApplication, holdEnvironment } from './access'
import { addCallback } from './add-callback'
import { changeProfile } from './change-profile'
import { listApplications } from './list-applications'
import { listEventsOfApplication } from './list-events-of-application'
import { listPeopleAllowed } from './list-people-allowed'
import { updateApplication } from './update-application'

const { db } = await testDatabase()
const operator = testContext(db, { kind: 'operator' as const, name: 'cli' })

async function aScene(name = 'Shop') {
  const owner = await aPerson(db)
  const customer = await aCustomer(db, owner.id)
  const application = await anApplication(db, customer.id, { name })
  return { owner, customer, applicationId: application.id, ctx: acting(owner.id, customer.id) }
}

/** Somebody who acts for the Customer, or for nobody at all. */
function acting(personId: string, customerId: string | null = null) {
  return testContext(db, personActor(personId, { customerId }))
}

async function inRole(applicationId: string, role: ApplicationRole) {
  const { personId } = await aMember(db, applicationId, role)
  return acting(personId)
}

async function outcomeOf(act: Promise<unknown>): Promise<string> {
  return act.then(
    () => 'done',
    (error) => error.reason ?? error.message,
  )
}

describe('a member of the team', () => {
  test.each(APPLICATION_ROLES)('who is %s may do what the table says, and belongs to no Customer', async (role) => {
    const { applicationId } = await aScene()
    const ctx = await inRole(applicationId, role)
    for (const action of APPLICATION_ACTIONS) {
      for (const environment of ENVIRONMENTS) {
        expect(await outcomeOf(getApplicationFor(ctx, { applicationId }, action, environment)), action).toBe(
          isAllowed(role, action, environment) ? 'done' : 'permission-required',
        )
      }
      expect(await outcomeOf(db.transaction((tx) => holdApplication(tx, ctx, { applicationId }, action))), action).toBe(
        isAllowed(role, action) ? 'done' : 'permission-required',
      )
      const place = { applicationId, environment: 'sandbox' as const }
      expect(await outcomeOf(db.transaction((tx) => holdEnvironment(tx, ctx, place, action))), action).toBe(
        isAllowed(role, action, 'sandbox') ? 'done' : 'permission-required',
      )
    }
    expect((await getApplicationFor(ctx, { applicationId }, 'application.read')).role).toBe(role)
  })

  test('who is a developer adds a callback and changes neither name nor profile', async () => {
    const { applicationId } = await aScene()
    const ctx = await inRole(applicationId, 'developer')
    const environment = 'sandbox' as const
    const add = { applicationId, environment, url: 'https://shop.example/cb' }
    const update = { applicationId, name: 'Mine', description: '', logo: undefined }
    expect(await outcomeOf(addCallback(ctx, add))).toBe('done')
    expect(await outcomeOf(updateApplication(ctx, update))).toBe('permission-required')
    expect(await outcomeOf(changeProfile(ctx, { applicationId, environment, profile: 'legacy' }))).toBe(
      'permission-required',
    )
    expect(await outcomeOf(listEventsOfApplication(ctx, { applicationId }))).toBe('permission-required')
    const auditor = await inRole(applicationId, 'auditor')
    expect((await listEventsOfApplication(auditor, { applicationId })).map(({ action }) => action)).toEqual([
      'callback.added',
    ])
  })

  test('has lost it with the next request once the place in the team has ended', async () => {
    const { applicationId } = await aScene()
    const { id, personId } = await aMember(db, applicationId, 'admin')
    const ctx = acting(personId)
    expect((await listApplications(ctx, { page: 1 })).total).toBe(1)
    await db.update(applicationMembers).set({ endedAt: new Date() }).where(eq(applicationMembers.id, id))
    expect(await outcomeOf(getApplicationFor(ctx, { applicationId }, 'application.read'))).toBe('not-found')
    expect((await listApplications(ctx, { page: 1 })).rows).toEqual([])
  })

  test('who was removed while a change of theirs waited for the application is refused', async () => {
    const { applicationId } = await aScene()
    const { id, personId } = await aMember(db, applicationId, 'admin')
    let waiting: Promise<string> = Promise.resolve('')
    await db.transaction(async (tx) => {
      await holdApplication(tx, operator, { applicationId }, 'team.manage')
      waiting = outcomeOf(
        updateApplication(acting(personId), { applicationId, name: 'Late', description: '', logo: undefined }),
      )
      await untilSomebodyWaits()
      await tx.update(applicationMembers).set({ endedAt: new Date() }).where(eq(applicationMembers.id, id))
    })
    expect(await waiting).toBe('not-found')
  })
})

async function untilSomebodyWaits(): Promise<void> {
  for (;;) {
    const [row] = await db.execute<{ n: number }>(sql`
      select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`)
    if ((row?.n ?? 0) > 0) return
  }
}

describe('the business of an application', () => {
  test('its owners are owners and its viewers analysts, while they act for it', async () => {
    const { applicationId, customer, owner, ctx } = await aScene()
    expect((await getApplicationFor(ctx, { applicationId }, 'application.transfer')).role).toBe('owner')
    expect(await outcomeOf(getApplicationFor(acting(owner.id), { applicationId }, 'application.read'))).toBe(
      'not-found',
    )
    const { id: personId } = await aPerson(db)
    await db.insert(memberships).values({ id: 'mem_viewer', personId, customerId: customer.id, role: 'viewer' })
    const viewer = acting(personId, customer.id)
    expect((await getApplicationFor(viewer, { applicationId }, 'connections.read', 'production')).role).toBe('analyst')
    expect(await outcomeOf(getApplicationFor(viewer, { applicationId }, 'audit.read'))).toBe('permission-required')
  })

  test('a viewer has the role that the team gives them; an owner stays owner', async () => {
    const { applicationId, customer, owner, ctx } = await aScene()
    await aMember(db, applicationId, 'analyst', { personId: owner.id })
    expect((await getApplicationFor(ctx, { applicationId }, 'application.read')).role).toBe('owner')
    const { id: personId } = await aPerson(db)
    await db.insert(memberships).values({ id: 'mem_both', personId, customerId: customer.id, role: 'viewer' })
    await aMember(db, applicationId, 'developer', { personId })
    const both = acting(personId, customer.id)
    expect((await getApplicationFor(both, { applicationId }, 'application.read')).role).toBe('developer')
    expect((await listApplications(both, { page: 1 })).rows.map(({ id, role }) => [id, role])).toEqual([
      [applicationId, 'developer'],
    ])
  })

  test('a claim to act for it counts for nothing without a live membership', async () => {
    const { applicationId, customer, owner, ctx } = await aScene()
    const pretender = acting((await aPerson(db)).id, customer.id)
    expect(await outcomeOf(getApplicationFor(pretender, { applicationId }, 'application.read'))).toBe('not-found')
    await db.update(memberships).set({ endedAt: new Date() }).where(eq(memberships.personId, owner.id))
    expect(await outcomeOf(getApplicationFor(ctx, { applicationId }, 'application.read'))).toBe('not-found')
  })
})

describe('a stranger', () => {
  test('gets the answer for a missing application, whatever they ask; the command line may do all', async () => {
    const { applicationId } = await aScene()
    const stranger = (await aScene()).ctx
    const seen = new Set<string>()
    for (const id of [applicationId, newId('application'), 'app_\u0000']) {
      for (const action of APPLICATION_ACTIONS) {
        const place = { applicationId: id, environment: 'sandbox' as const }
        for (const act of [
          () => getApplicationFor(stranger, place, action),
          () => db.transaction((tx) => holdApplication(tx, stranger, place, action)),
          () => db.transaction((tx) => holdEnvironment(tx, stranger, place, action)),
        ]) {
          await act().then(
            () => expect.fail('answered'),
            (error) => seen.add(`${error.kind} ${error.reason} ${error.message}`),
          )
        }
      }
    }
    expect(seen.size).toBe(1)
    expect((await getApplicationFor(operator, { applicationId }, 'application.transfer')).role).toBe('owner')
    const anonymous = testContext(db, { kind: 'anonymous' as const })
    expect(await outcomeOf(getApplicationFor(anonymous, { applicationId }, 'application.read'))).toBe(
      'sign-in-required',
    )
  })
})

describe('listApplications', () => {
  test("shows a person's own business's and those whose team they belong to, each once, with role and owner", async () => {
    const mine = await aScene('Mine')
    const theirs = await aScene('Theirs')
    await aMember(db, theirs.applicationId, 'developer', { personId: mine.owner.id })
    await aMember(db, mine.applicationId, 'admin', { personId: mine.owner.id })
    const { rows, total } = await listApplications(mine.ctx, { page: 1 })
    expect(rows.map(({ name, role, customerName }) => [name, role, customerName]).sort()).toEqual([
      ['Mine', 'owner', mine.customer.name],
      ['Theirs', 'developer', theirs.customer.name],
    ])
    expect(total).toBe(2)
  })
})

describe('listPeopleAllowed', () => {
  test('names everybody whose role allows it, once, by their strongest claim, and nobody who left or was disabled', async () => {
    const { applicationId, owner, customer } = await aScene()
    await aMember(db, applicationId, 'analyst', { personId: owner.id })
    const manager = await aPerson(db, { name: 'A manager', locale: 'it' })
    await aMember(db, applicationId, 'credential-manager', { personId: manager.id })
    await aMember(db, applicationId, 'developer')
    await aMember(db, applicationId, 'admin', { endedAt: new Date() })
    await aMember(db, applicationId, 'admin', { personId: (await aPerson(db, { disabledAt: new Date() })).id })
    const { id: viewer } = await aPerson(db)
    await db.insert(memberships).values({ id: 'mem_v', personId: viewer, customerId: customer.id, role: 'viewer' })
    await aMember(db, (await aScene()).applicationId, 'owner')
    const allowed = await listPeopleAllowed(db, applicationId, 'credentials.rotate', 'production')
    expect(allowed).toEqual([
      { personId: manager.id, email: manager.email, name: 'A manager', locale: 'it' },
      { personId: owner.id, email: owner.email, name: owner.name, locale: 'en' },
    ])
    expect(await listPeopleAllowed(db, applicationId, 'credentials.rotate', 'sandbox')).toHaveLength(3)
    expect(await listPeopleAllowed(db, applicationId, 'application.read')).toHaveLength(4)
  })
})
