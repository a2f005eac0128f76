import { and, eq, isNull } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Connected } from '@/db/client'
import { aCustomer, aPerson } from '@/db/factories'
import { memberships } from '@/db/schema/customers'
import { auditEvents } from '@/db/schema/partitioned'
import { connectReplica, personActor, testContext, testDatabase } from '@/db/testing'
import { addMs, MINUTE } from '@/lib/core/time'
import { listPeople } from './list-people'
import { leaveCustomer, removePerson } from './remove-person'

const database = await testDatabase()
const { db } = database
const now = new Date()
let replica: Connected
beforeAll(async () => {
  replica = await connectReplica(database.url)
})
afterAll(() => replica.close())

const nothing = async () => undefined

async function aScene() {
  const first = await aPerson(db, { name: 'Anna' })
  const customer = await aCustomer(db, first.id, { name: 'Bianchi & Figli' })
  const join = async (name: string, role: 'owner' | 'viewer') => {
    const person = await aPerson(db, { name })
    await db.insert(memberships).values({ id: `mem_${person.id}`, personId: person.id, customerId: customer.id, role })
    return person
  }
  const second = await join('Bruno', 'owner')
  const viewer = await join('Carla', 'viewer')
  const as = ({ id }: { id: string }, role: 'owner' | 'viewer' = 'owner') =>
    testContext(db, personActor(id, { customerId: customer.id, role }, now), now)
  const left = async () => {
    const rows = await db
      .select({ personId: memberships.personId })
      .from(memberships)
      .where(and(eq(memberships.customerId, customer.id), isNull(memberships.endedAt)))
    return rows.map(({ personId }) => personId).sort()
  }
  return { first, second, viewer, customer, ref: { customerId: customer.id }, as, left }
}

describe('who belongs to a Customer', () => {
  test('is seen by each of them, owners first', async () => {
    const { viewer, ref, as } = await aScene()
    const { customer, role, people } = await listPeople(as(viewer, 'viewer'), ref)
    expect([customer.name, role]).toEqual(['Bianchi & Figli', 'viewer'])
    expect(people.map(({ name, role, isYou }) => [name, role, isYou])).toEqual([
      ['Anna', 'owner', false],
      ['Bruno', 'owner', false],
      ['Carla', 'viewer', true],
    ])
  })

  test('is nobody else’s to see', async () => {
    const { ref } = await aScene()
    const stranger = testContext(db, personActor((await aPerson(db)).id))
    for (const customerId of [ref.customerId, 'cus_missing']) {
      await expect(listPeople(stranger, { customerId })).rejects.toMatchObject({ kind: 'not-found' })
      await expect(leaveCustomer(stranger, { customerId }, nothing)).rejects.toMatchObject({ kind: 'not-found' })
    }
  })
})

describe('leaving', () => {
  test('ends the membership, with its audit row; a viewer may leave as well', async () => {
    const { first, viewer, second, ref, as, left } = await aScene()
    await leaveCustomer(as(first), ref, nothing)
    await leaveCustomer(as(viewer, 'viewer'), ref, nothing)
    expect(await left()).toEqual([second.id])
    const events = await db
      .select({ action: auditEvents.action, personId: auditEvents.personId, data: auditEvents.data })
      .from(auditEvents)
      .where(eq(auditEvents.subjectId, ref.customerId))
      .orderBy(auditEvents.id)
    expect(events).toEqual([
      { action: 'membership.ended', personId: first.id, data: { role: 'owner', by: 'themselves' } },
      { action: 'membership.ended', personId: viewer.id, data: { role: 'viewer', by: 'themselves' } },
    ])
    await expect(leaveCustomer(as(first), ref, nothing)).rejects.toMatchObject({ kind: 'not-found' })
  })

  test('is not for the last owner, and of two who leave at once one stays', async () => {
    const { first, second, viewer, ref, as, left } = await aScene()
    const outcomes = await Promise.allSettled([
      leaveCustomer(as(first), ref, nothing),
      leaveCustomer({ ...as(second), db: replica.db }, ref, nothing),
    ])
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected')
    expect(refused).toHaveLength(1)
    expect(refused[0]?.reason).toMatchObject({ reason: 'last-owner' })
    expect(await left()).toHaveLength(2)
    expect(await left()).toContain(viewer.id)
  })

  test('needs a proof of the last five minutes, and does not happen where what it ends cannot end', async () => {
    const { first, ref, as, left } = await aScene()
    const stale = as(first)
    const actor = { ...stale.actor, authTime: addMs(now, -5 * MINUTE - 1) }
    await expect(leaveCustomer({ ...stale, actor }, ref, nothing)).rejects.toMatchObject({ reason: 'step-up-required' })
    const fails = () => Promise.reject(new Error('cannot end'))
    await expect(leaveCustomer(as(first), ref, fails)).rejects.toThrow('cannot end')
    expect(await left()).toContain(first.id)
  })
})

describe('removing somebody', () => {
  test('is for owners', async () => {
    const { first, second, viewer, ref, as, left } = await aScene()
    const input = { ...ref, personId: second.id }
    await expect(removePerson(as(viewer, 'viewer'), input, nothing)).rejects.toMatchObject({ reason: 'owner-required' })
    await removePerson(as(first), input, nothing)
    expect(await left()).toEqual([first.id, viewer.id].sort())
    await expect(removePerson(as(first), input, nothing)).rejects.toMatchObject({ kind: 'not-found' })
    await expect(removePerson(as(first), { ...ref, personId: first.id }, nothing)).rejects.toMatchObject({
      reason: 'last-owner',
    })
  })

  test('of two owners who remove each other at once, one stays', async () => {
    const { first, second, ref, as, left } = await aScene()
    await Promise.allSettled([
      removePerson(as(first), { ...ref, personId: second.id }, nothing),
      removePerson({ ...as(second), db: replica.db }, { ...ref, personId: first.id }, nothing),
    ])
    expect(await left()).toHaveLength(2)
  })
})
