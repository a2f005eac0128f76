import { eq } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { aCustomer, anApplication, aPerson } from '@/db/factories'
import { applicationEnvironments } from '@/db/schema/applications'
import { applicationKeys } from '@/db/schema/credentials'
import { auditEvents } from '@/db/schema/partitioned'
import { connectReplica, personActor, testContext, testDatabase } from '@/db/testing'
import { getApplication } from '@/lib/applications/get-application'
import { isHexToken } from '@/lib/core/secrets'
import { addDays, addMs, HOUR, MINUTE, SECOND } from '@/lib/core/time'
import { endKey } from './end-key'
import { listKeys } from './list-keys'
import { moveKeyEnd } from './move-key-end'
import { rotateKey } from './rotate-key'
import type { Overlap } from './schema'

const { db, url } = await testDatabase()

async function aSetting(role: 'owner' | 'viewer' = 'owner') {
  const person = await aPerson(db)
  const customer = await aCustomer(db, person.id, {}, role)
  const application = await anApplication(db, customer.id)
  const ctx = testContext(db, personActor(person.id, { customerId: customer.id, role }))
  const place = { applicationId: application.id, environment: 'sandbox' as const }
  const rotation = (overlap: Overlap = '7d') => ({ ...place, overlap })
  return { person, application, ctx, place, rotation, oldKey: application.clientId }
}

describe('rotateKey', () => {
  test('gives a new key, which is the present one, and an end to the one before', async () => {
    const { ctx, place, rotation, oldKey, person } = await aSetting()
    const rotated = await rotateKey(ctx, rotation())
    expect(isHexToken(rotated.clientId)).toBe(true)
    expect(rotated.previous).toEqual([{ clientId: oldKey, endsAt: addDays(ctx.now, 7) }])
    expect(await listKeys(ctx, place)).toMatchObject([
      { clientId: rotated.clientId, state: 'active', createdBy: person.name, endsAt: null },
      { clientId: oldKey, state: 'ending', endsBecause: 'rotation', endsAt: addDays(ctx.now, 7) },
    ])
    const application = await getApplication(ctx, place)
    expect(application.environments[0]?.clientId).toBe(rotated.clientId)
    const [event] = await db.select().from(auditEvents).where(eq(auditEvents.subjectId, rotated.clientId))
    expect(event).toMatchObject({ action: 'key.rotated', data: { previous: oldKey, overlap: '7d' } })
  })

  test('either key names the application while both answer; one that has ended names nothing', async () => {
    const { ctx, rotation, oldKey, application } = await aSetting()
    const { clientId } = await rotateKey(ctx, rotation())
    for (const key of [oldKey, clientId]) {
      expect((await getApplication(ctx, { applicationId: key })).id).toBe(application.id)
    }
    await endKey(ctx, { clientId: oldKey })
    await expect(getApplication(ctx, { applicationId: oldKey })).rejects.toMatchObject({ kind: 'not-found' })
  })

  test('of twenty at the same moment in two replicas, one gets through', async () => {
    const { ctx, rotation, place } = await aSetting()
    const replica = await connectReplica(url)
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, n) => rotateKey({ ...ctx, db: n % 2 ? db : replica.db }, rotation())),
    )
    await replica.close()
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ reason: 'rotation-under-way' })
    }
    expect(await listKeys(ctx, place)).toHaveLength(2)
  })

  test('needs step-up, the right role, and an application of one’s own', async () => {
    const { ctx, rotation } = await aSetting()
    const late = { ...ctx, now: addMs(ctx.now, 6 * MINUTE) }
    await expect(rotateKey(late, rotation())).rejects.toMatchObject({ reason: 'step-up-required' })
    const viewer = await aSetting('viewer')
    await expect(rotateKey(viewer.ctx, viewer.rotation())).rejects.toMatchObject({ reason: 'permission-required' })
    await expect(rotateKey(ctx, viewer.rotation())).rejects.toMatchObject({ kind: 'not-found' })
    await expect(rotateKey(late, viewer.rotation())).rejects.toMatchObject({ kind: 'not-found' })
  })
})

describe('the end of a replaced key', () => {
  test('can be brought forward, after which the next rotation may begin', async () => {
    const { ctx, rotation, oldKey, place } = await aSetting()
    await expect(endKey(ctx, { clientId: oldKey })).rejects.toMatchObject({ reason: 'key-is-current' })
    const first = await rotateKey(ctx, rotation())
    const soon = { ...ctx, now: addMs(ctx.now, SECOND) }
    await Promise.all([1, 2, 3].map(() => endKey(soon, { clientId: oldKey })))
    await rotateKey(soon, rotation('0'))
    expect((await listKeys(soon, place)).map(({ state }) => state)).toEqual(['active', 'expired', 'expired'])
    const ended = await db.select().from(auditEvents).where(eq(auditEvents.subjectId, oldKey))
    expect(ended.filter(({ action }) => action === 'key.ended')).toHaveLength(1)
    await expect(endKey(soon, { clientId: first.clientId })).resolves.toEqual({ clientId: first.clientId })
  })

  test('can be put off while it has not come, never brought back', async () => {
    const { ctx, rotation, oldKey, place } = await aSetting()
    const { clientId } = await rotateKey(ctx, rotation('24h'))
    await expect(moveKeyEnd(ctx, { clientId: oldKey, end: '1h' })).rejects.toMatchObject({ reason: 'end-not-later' })
    await expect(moveKeyEnd(ctx, { clientId, end: '1h' })).rejects.toMatchObject({ reason: 'key-is-current' })
    const late = { ...ctx, now: addMs(ctx.now, 6 * MINUTE) }
    await expect(moveKeyEnd(late, { clientId: oldKey, end: '7d' })).rejects.toMatchObject({
      reason: 'step-up-required',
    })
    await moveKeyEnd(ctx, { clientId: oldKey, end: '7d' })
    expect((await listKeys(ctx, place))[1]).toMatchObject({ endsAt: addDays(ctx.now, 7) })
    await endKey(ctx, { clientId: oldKey })
    await expect(
      moveKeyEnd({ ...ctx, now: addMs(ctx.now, SECOND) }, { clientId: oldKey, end: '7d' }),
    ).rejects.toMatchObject({ reason: 'key-ended' })
  })

  test('is nobody else’s to move', async () => {
    const { ctx, rotation, oldKey } = await aSetting()
    await rotateKey(ctx, rotation())
    const stranger = await aSetting()
    await expect(endKey(stranger.ctx, { clientId: oldKey })).rejects.toMatchObject({ kind: 'not-found' })
    await expect(moveKeyEnd(stranger.ctx, { clientId: oldKey, end: '30d' })).rejects.toMatchObject({
      kind: 'not-found',
    })
    const late = { ...ctx, now: addMs(ctx.now, HOUR) }
    await expect(endKey(late, { clientId: oldKey })).resolves.toEqual({ clientId: oldKey })
  })
})

test('an application has its first key entered with it, and no key is ever entered twice', async () => {
  const { place, oldKey } = await aSetting()
  const [row] = await db.select().from(applicationKeys).where(eq(applicationKeys.clientId, oldKey))
  expect(row).toMatchObject({ ...place, endsAt: null })
  const again = { ...place, environment: 'production', clientId: oldKey, profile: 'standard' }
  await db
    .update(applicationEnvironments)
    .set({ clientId: 'f'.repeat(32) })
    .where(eq(applicationEnvironments.clientId, oldKey))
  await expect(db.insert(applicationEnvironments).values(again)).rejects.toMatchObject({
    cause: { constraint_name: 'application_keys_pkey' },
  })
})
