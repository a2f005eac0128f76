import { eq } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { aCustomer, anApplication, aPerson } from '@/db/factories'
import { applicationSecrets, usageMarks, usageReports } from '@/db/schema/credentials'
import { auditEvents } from '@/db/schema/partitioned'
import { connectReplica, personActor, testContext, testDatabase } from '@/db/testing'
import { newId } from '@/lib/core/ids'
import { isApplicationSecret } from '@/lib/core/secrets'
import { addDays, addMs, DAY, HOUR, MINUTE, SECOND } from '@/lib/core/time'
import { chooseRetirement } from './choose-retirement'
import { endSecret } from './end-secret'
import { listSecrets } from './list-secrets'
import { listSecretsSeenBy } from './list-secrets-seen-by'
import { makeSecret } from './make-secret'
import { moveSecretEnd } from './move-secret-end'
import { replaceSecret } from './replace-secret'
import { retireUnusedSecrets } from './retire-unused-secrets'
import { revokeSecret } from './revoke-secret'
import { rotateSecret } from './rotate-secret'
import { type Overlap, RotateSecretInput, SECRET_LIMIT } from './schema'

const { db, url } = await testDatabase()

async function aSetting(role: 'owner' | 'viewer' = 'owner') {
  const person = await aPerson(db)
  const customer = await aCustomer(db, person.id, {}, role)
  const application = await anApplication(db, customer.id) // has one secret already
  const ctx = testContext(db, personActor(person.id, { customerId: customer.id, role }))
  const place = { applicationId: application.id, environment: 'sandbox' as const }
  const rotation = (overlap: Overlap = '7d', unusedHours: number | null = null) => ({ ...place, overlap, unusedHours })
  return { person, customer, application, ctx, place, rotation, oldId: application.secretId }
}

type Setting = Awaited<ReturnType<typeof aSetting>>

function later<C extends { now: Date }>(ctx: C, ms: number): C {
  return { ...ctx, now: addMs(ctx.now, ms) }
}

async function secretOf({ ctx, place }: Setting, id: string, at: Date = ctx.now) {
  return (await listSecrets({ ...ctx, now: at }, place)).find((secret) => secret.id === id)
}

async function eventsAbout(subjectId: string) {
  return db.select().from(auditEvents).where(eq(auditEvents.subjectId, subjectId)).orderBy(auditEvents.id)
}

describe('rotateSecret', () => {
  test('gives a new secret and an end to the present ones, and writes down who saw it, without it', async () => {
    const setting = await aSetting()
    const { ctx, rotation, place, oldId, person } = setting
    const second = await makeSecret(ctx, { ...place, lifetimeDays: 1 })
    const rotated = await rotateSecret(ctx, rotation('7d', 6))
    expect(isApplicationSecret(rotated.clientSecret)).toBe(true)
    expect(rotated.previous.find(({ secretId }) => secretId === oldId)?.endsAt).toEqual(addDays(ctx.now, 7))
    // What would have ended before still does.
    expect(rotated.previous.find(({ secretId }) => secretId === second.secretId)?.endsAt).toEqual(addDays(ctx.now, 1))
    expect(await secretOf(setting, oldId)).toMatchObject({
      state: 'ending',
      endsBecause: 'rotation',
      retiresUnusedHours: 6,
    })
    expect(await secretOf(setting, rotated.secretId)).toMatchObject({
      state: 'active',
      endsAt: null,
      seenBy: [{ by: 'rotated', name: person.name, at: ctx.now }],
    })
    const [event] = await eventsAbout(rotated.secretId)
    expect(event).toMatchObject({
      action: 'secret.rotated',
      applicationId: place.applicationId,
      environment: 'sandbox',
    })
    expect(JSON.stringify(event?.data)).not.toContain(rotated.clientSecret.slice(20, 40))
  })

  test.each([
    ['1h', HOUR],
    ['24h', DAY],
    ['7d', 7 * DAY],
    ['30d', 30 * DAY],
  ] as const)('an overlap of %s ends then, to the millisecond', async (overlap, ms) => {
    const setting = await aSetting()
    await rotateSecret(setting.ctx, setting.rotation(overlap))
    const end = addMs(setting.ctx.now, ms)
    expect(await secretOf(setting, setting.oldId, addMs(end, -1))).toMatchObject({ state: 'ending', endsAt: end })
    expect(await secretOf(setting, setting.oldId, end)).toMatchObject({ state: 'expired' })
  })

  test('without an overlap the old one ends at once, and another rotation may follow', async () => {
    const setting = await aSetting()
    const first = await rotateSecret(setting.ctx, setting.rotation('0', 6))
    expect(await secretOf(setting, setting.oldId)).toMatchObject({ state: 'expired', retiresUnusedHours: null })
    const second = await rotateSecret(later(setting.ctx, SECOND), setting.rotation('0'))
    expect(second.previous.map(({ secretId }) => secretId)).toEqual([first.secretId])
  })

  test('the overlap is seven days where none was chosen', () => {
    expect(RotateSecretInput.parse({ applicationId: 'app_x' })).toMatchObject({ overlap: '7d', unusedHours: null })
    expect(RotateSecretInput.safeParse({ applicationId: 'app_x', overlap: '2d' }).success).toBe(false)
    for (const unusedHours of ['0', '721', '1.5', 'soon', '-3']) {
      expect(RotateSecretInput.safeParse({ applicationId: 'app_x', unusedHours }).success, unusedHours).toBe(false)
    }
  })

  test('of twenty at the same moment in two replicas, one gets through', async () => {
    const { ctx, rotation, place } = await aSetting()
    const replica = await connectReplica(url)
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, n) => rotateSecret({ ...ctx, db: n % 2 ? db : replica.db }, rotation())),
    )
    await replica.close()
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ reason: 'rotation-under-way' })
    }
    expect(await listSecrets(ctx, place)).toHaveLength(2)
  })

  test('a second one waits until the overlap has run out, was ended, or what is replaced was revoked', async () => {
    const refused = { reason: 'rotation-under-way', kind: 'conflict' }
    const ranOut = await aSetting()
    await rotateSecret(ranOut.ctx, ranOut.rotation('1h'))
    await expect(rotateSecret(later(ranOut.ctx, MINUTE), ranOut.rotation())).rejects.toMatchObject(refused)
    const stepped = (ctx: typeof ranOut.ctx, now: Date) => ({ ...ctx, now, actor: { ...ctx.actor, steppedUpAt: now } })
    await rotateSecret(stepped(ranOut.ctx, addMs(ranOut.ctx.now, HOUR)), ranOut.rotation())

    const ended = await aSetting()
    await rotateSecret(ended.ctx, ended.rotation())
    await endSecret(ended.ctx, { secretId: ended.oldId })
    await rotateSecret(later(ended.ctx, SECOND), ended.rotation())

    const revoked = await aSetting()
    await rotateSecret(revoked.ctx, revoked.rotation())
    await revokeSecret(revoked.ctx, { secretId: revoked.oldId, keepsTokens: true })
    await rotateSecret(later(revoked.ctx, SECOND), revoked.rotation())
  })

  test('a rotation that has been refused changes nothing', async () => {
    const setting = await aSetting()
    const { ctx, place, rotation } = setting
    for (let n = 1; n < SECRET_LIMIT; n++) await makeSecret(ctx, place)
    const before = await listSecrets(ctx, place)
    await expect(rotateSecret(ctx, rotation())).rejects.toMatchObject({ reason: 'secret-limit-reached' })
    expect(await listSecrets(ctx, place)).toEqual(before)
    // Without an overlap old and new never live together.
    expect((await rotateSecret(ctx, rotation('0'))).previous).toHaveLength(SECRET_LIMIT)
  })

  test('needs step-up, the right role, and an application of one’s own', async () => {
    const { ctx, rotation } = await aSetting()
    const late = later(ctx, 6 * MINUTE)
    await expect(rotateSecret(late, rotation())).rejects.toMatchObject({ reason: 'step-up-required' })
    const viewer = await aSetting('viewer')
    await expect(rotateSecret(viewer.ctx, viewer.rotation())).rejects.toMatchObject({ reason: 'permission-required' })
    // A stranger learns nothing from being asked to step up either.
    for (const stranger of [ctx, late]) {
      await expect(rotateSecret(stranger, viewer.rotation())).rejects.toMatchObject({ kind: 'not-found' })
    }
    const missing = { ...rotation(), applicationId: newId('application') }
    await expect(rotateSecret(ctx, missing)).rejects.toMatchObject({ kind: 'not-found' })
    await expect(rotateSecret(ctx, { ...rotation(), environment: 'production' })).rejects.toMatchObject({
      kind: 'not-found',
    })
  })
})

describe('replaceSecret', () => {
  test('gives another for one that nobody has used, and leaves the overlap as it is', async () => {
    const setting = await aSetting()
    const { ctx, rotation, oldId, person, application } = setting
    const lost = await rotateSecret(ctx, rotation())
    const found = await replaceSecret(ctx, { secretId: lost.secretId })
    expect(found.clientSecret).not.toBe(lost.clientSecret)
    expect(await secretOf(setting, lost.secretId)).toMatchObject({ state: 'revoked', keepsTokens: false })
    expect(await secretOf(setting, oldId)).toMatchObject({ state: 'ending', endsAt: addDays(ctx.now, 7) })
    expect(await secretOf(setting, found.secretId)).toMatchObject({ seenBy: [{ by: 'replaced', name: person.name }] })
    expect((await eventsAbout(found.secretId))[0]).toMatchObject({
      action: 'secret.replaced',
      data: { lost: lost.secretId },
    })
    expect(
      (await listSecretsSeenBy(ctx, { applicationId: application.id, personId: person.id })).map(({ id }) => id),
    ).toEqual([found.secretId])
  })

  test('of many at once one gets through; never for one that was used, has ended, or is somebody else’s', async () => {
    const setting = await aSetting()
    const { ctx, rotation, oldId } = setting
    const lost = await rotateSecret(ctx, rotation('1h'))
    const outcomes = await Promise.allSettled(
      Array.from({ length: 8 }, () => replaceSecret(ctx, { secretId: lost.secretId })),
    )
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    await expect(replaceSecret(ctx, { secretId: lost.secretId })).rejects.toMatchObject({ reason: 'secret-ended' })
    await db.insert(usageMarks).values({ subjectId: oldId, lastUsedAt: ctx.now })
    await expect(replaceSecret(ctx, { secretId: oldId })).rejects.toMatchObject({ reason: 'secret-used' })
    await expect(replaceSecret(later(ctx, 6 * MINUTE), { secretId: oldId })).rejects.toMatchObject({
      reason: 'step-up-required',
    })
    const stranger = await aSetting()
    await expect(replaceSecret(stranger.ctx, { secretId: oldId })).rejects.toMatchObject({ kind: 'not-found' })
  })
})

describe('the end of an overlap', () => {
  test('can be brought forward, by somebody who has no fresh proof too', async () => {
    const setting = await aSetting()
    const { ctx, rotation, oldId } = setting
    await expect(endSecret(ctx, { secretId: oldId })).rejects.toMatchObject({ reason: 'secret-has-no-end' })
    await rotateSecret(ctx, rotation())
    const late = later(ctx, HOUR)
    await Promise.all([1, 2, 3].map(() => endSecret(late, { secretId: oldId })))
    expect(await secretOf(setting, oldId, late.now)).toMatchObject({
      state: 'expired',
      endsAt: late.now,
      endsBecause: 'ended',
    })
    expect((await eventsAbout(oldId)).map(({ action }) => action)).toEqual(['secret.ended'])
  })

  test('can be put off while it has not come, never brought back', async () => {
    const setting = await aSetting()
    const { ctx, rotation, oldId } = setting
    await expect(moveSecretEnd(ctx, { secretId: oldId, end: '7d' })).rejects.toMatchObject({
      reason: 'secret-has-no-end',
    })
    await rotateSecret(ctx, rotation('24h'))
    await expect(moveSecretEnd(ctx, { secretId: oldId, end: '1h' })).rejects.toMatchObject({ reason: 'end-not-later' })
    await expect(moveSecretEnd(later(ctx, 6 * MINUTE), { secretId: oldId, end: '7d' })).rejects.toMatchObject({
      reason: 'step-up-required',
    })
    await moveSecretEnd(ctx, { secretId: oldId, end: '7d' })
    expect(await secretOf(setting, oldId)).toMatchObject({ endsAt: addDays(ctx.now, 7), endsBecause: 'rotation' })
    await endSecret(ctx, { secretId: oldId })
    await expect(moveSecretEnd(ctx, { secretId: oldId, end: '30d' })).rejects.toMatchObject({ reason: 'secret-ended' })
  })

  test('is nobody else’s to move', async () => {
    const { ctx, rotation, oldId } = await aSetting()
    await rotateSecret(ctx, rotation())
    const stranger = await aSetting()
    for (const act of [
      () => endSecret(stranger.ctx, { secretId: oldId }),
      () => moveSecretEnd(stranger.ctx, { secretId: oldId, end: '30d' }),
      () => chooseRetirement(stranger.ctx, { secretId: oldId, unusedHours: 1 }),
    ]) {
      await expect(act()).rejects.toMatchObject({ kind: 'not-found' })
    }
  })
})

describe('a secret that is retired once unused', () => {
  const system = { kind: 'system' as const, name: 'retirement' }

  /** As if there were replicas that have reported up to so long ago, and no others. */
  async function report(now: Date, ...ages: number[]) {
    await db.delete(usageReports)
    const rows = ages.map((age, n) => ({ replicaId: `rep_${n}`, startedAt: now, flushedUntil: addMs(now, -age) }))
    await db.insert(usageReports).values(rows)
  }

  async function isRetired(setting: Setting, now: Date) {
    await retireUnusedSecrets(testContext(db, system, now))
    return (await secretOf(setting, setting.oldId, now))?.endsBecause === 'unused'
  }

  test('ends when its hours have passed without a use, and says why', async () => {
    const setting = await aSetting()
    const { ctx, rotation, oldId } = setting
    await rotateSecret(ctx, rotation('7d', 6))
    await db.insert(usageMarks).values({ subjectId: oldId, lastUsedAt: addMs(ctx.now, HOUR) })
    // An hour to the last use, six without one, a minute for answers under way, two seconds of the slower report.
    const due = addMs(ctx.now, 7 * HOUR + MINUTE + 2 * SECOND)
    await report(addMs(due, -1), SECOND, 2 * SECOND)
    expect(await isRetired(setting, addMs(due, -1))).toBe(false)
    await report(due, SECOND, 2 * SECOND)
    const replica = await connectReplica(url)
    await Promise.all([db, replica.db, db, replica.db].map((one) => retireUnusedSecrets(testContext(one, system, due))))
    await replica.close()
    expect(await secretOf(setting, oldId, due)).toMatchObject({ state: 'expired', endsAt: due, endsBecause: 'unused' })
    const ended = (await eventsAbout(oldId)).filter(({ action }) => action === 'secret.ended')
    expect(ended).toMatchObject([{ actorKind: 'system', data: { because: 'unused', unusedHours: 6 } }])
  })

  test('is kept while one replica has not told what it saw', async () => {
    const setting = await aSetting()
    await rotateSecret(setting.ctx, setting.rotation('7d', 1))
    const now = addMs(setting.ctx.now, HOUR + 3 * MINUTE)
    await report(now, SECOND, 4 * MINUTE)
    expect(await isRetired(setting, now)).toBe(false)
    await report(now, SECOND, SECOND)
    expect(await isRetired(setting, now)).toBe(true)
  })

  test('a replica that went silent counts as having used it until it was given up', async () => {
    const setting = await aSetting()
    await rotateSecret(setting.ctx, setting.rotation('7d', 1))
    const died = addMs(setting.ctx.now, 2 * HOUR)
    // An hour without a use after the five minutes in which it might still have been there.
    const due = addMs(died, 5 * MINUTE + HOUR + MINUTE)
    const early = addMs(due, -1)
    await report(early, 0, early.getTime() - died.getTime())
    expect(await isRetired(setting, early)).toBe(false)
    await report(due, 0, due.getTime() - died.getTime())
    expect(await isRetired(setting, due)).toBe(true)
  })

  test('nothing is decided where nobody reports', async () => {
    const setting = await aSetting()
    await rotateSecret(setting.ctx, setting.rotation('7d', 1))
    const now = addMs(setting.ctx.now, 5 * HOUR)
    await db.delete(usageReports)
    expect(await isRetired(setting, now)).toBe(false)
    await report(now, 0)
    expect(await isRetired(setting, now)).toBe(true)
  })

  test('the choice can be made and taken back while the overlap runs; its hours count from then', async () => {
    const setting = await aSetting()
    const { ctx, rotation, oldId } = setting
    await expect(chooseRetirement(ctx, { secretId: oldId, unusedHours: 1 })).rejects.toMatchObject({
      reason: 'secret-has-no-end',
    })
    await rotateSecret(ctx, rotation('24h', 1))
    const takeBack = { secretId: oldId, unusedHours: null }
    await expect(chooseRetirement(later(ctx, HOUR), takeBack)).rejects.toMatchObject({ reason: 'step-up-required' })
    await chooseRetirement(later(ctx, MINUTE), takeBack)
    const fifth = addMs(ctx.now, 5 * HOUR)
    await report(fifth, 0)
    expect(await isRetired(setting, fifth)).toBe(false)
    await chooseRetirement(later(ctx, 5 * HOUR), { secretId: oldId, unusedHours: 2 })
    expect(await isRetired(setting, fifth)).toBe(false)
    const seventh = addMs(ctx.now, 7 * HOUR + MINUTE)
    await report(seventh, 0)
    expect(await isRetired(setting, seventh)).toBe(true)
    await expect(chooseRetirement(later(ctx, 8 * HOUR), { secretId: oldId, unusedHours: 2 })).rejects.toMatchObject({
      reason: 'secret-ended',
    })
  })
})

describe('a secret with a lifetime', () => {
  test('ends by itself; it counts as ending in its last thirty days', async () => {
    const setting = await aSetting()
    const { ctx, place } = setting
    const { secretId } = await makeSecret(ctx, { ...place, lifetimeDays: 90 })
    const end = addDays(ctx.now, 90)
    expect(await secretOf(setting, secretId)).toMatchObject({ state: 'active', endsAt: end, endsBecause: 'lifetime' })
    expect(await secretOf(setting, secretId, addDays(ctx.now, 60))).toMatchObject({ state: 'ending' })
    expect(await secretOf(setting, secretId, end)).toMatchObject({ state: 'expired' })
    const [row] = await db.select().from(applicationSecrets).where(eq(applicationSecrets.id, secretId))
    expect(row?.endsAt).toEqual(end)
  })
})

describe('listSecretsSeenBy', () => {
  test('tells the live secrets that a person has seen, to whoever may read credentials', async () => {
    const { ctx, place, person, application } = await aSetting()
    const input = { applicationId: application.id, personId: person.id }
    const made = await makeSecret(ctx, place)
    const gone = await makeSecret(ctx, place)
    await revokeSecret(ctx, { secretId: gone.secretId, keepsTokens: false })
    expect(await listSecretsSeenBy(ctx, input)).toMatchObject([{ id: made.secretId, hint: made.hint, seenAt: ctx.now }])
    const colleague = await aPerson(db)
    expect(await listSecretsSeenBy(ctx, { ...input, personId: colleague.id })).toEqual([])
    const stranger = testContext(db, personActor(colleague.id))
    await expect(listSecretsSeenBy(stranger, input)).rejects.toMatchObject({ kind: 'not-found' })
  })
})
