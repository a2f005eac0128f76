import { describe, expect, test } from 'vitest'
import { aCustomer, anApplication, aPerson } from '@/db/factories'
import { usageMarks } from '@/db/schema/credentials'
import { memberships } from '@/db/schema/customers'
import { connectReplica, personActor, testContext, testDatabase } from '@/db/testing'
import { addDays, addMs, DAY, HOUR, MINUTE } from '@/lib/core/time'
import { readMail } from '@/lib/people/testing/read-mail'
import { endSecret } from './end-secret'
import { makeSecret } from './make-secret'
import { moveSecretEnd } from './move-secret-end'
import { revokeSecret } from './revoke-secret'
import { rotateKey } from './rotate-key'
import { rotateSecret } from './rotate-secret'
import type { Overlap } from './schema'
import { sendEndingNotices } from './send-ending-notices'

const { db, url } = await testDatabase()

const ENDING = 'A credential of “Ledgerly” ends soon'
const IN_USE = 'Still in use, and about to end: a credential of “Ledgerly”'

async function aSetting() {
  const person = await aPerson(db)
  const customer = await aCustomer(db, person.id)
  const application = await anApplication(db, customer.id, { name: 'Ledgerly' })
  const ctx = testContext(db, personActor(person.id, { customerId: customer.id, role: 'owner' }))
  const place = { applicationId: application.id, environment: 'sandbox' as const }
  const rotate = (overlap: Overlap) => rotateSecret(ctx, { ...place, overlap, unusedHours: null })
  return { person, customer, application, ctx, place, rotate }
}

async function run(now: Date, on = db) {
  await sendEndingNotices(testContext(on, { kind: 'system', name: 'notices' }, now))
}

async function subjects(email: string) {
  return (await readMail(db, email)).map(({ subject }) => subject)
}

describe('sendEndingNotices', () => {
  test('tells 30, 14, 7 and 1 days before an end, once each', async () => {
    const { ctx, place, person } = await aSetting()
    const { hint } = await makeSecret(ctx, { ...place, lifetimeDays: 90 })
    const end = addDays(ctx.now, 90)
    const told: number[] = []
    for (const days of [31, 30, 29, 15, 14, 8, 7, 6, 2, 1, 0.5, 0, -1]) {
      await run(addMs(end, -days * DAY))
      told.push((await readMail(db, person.email)).length)
    }
    expect(told).toEqual([0, 1, 1, 1, 2, 2, 3, 3, 3, 4, 4, 4, 4])
    const [mail] = await readMail(db, person.email)
    expect(mail?.subject).toBe(ENDING)
    expect(mail?.text).toContain(hint)
    expect(mail?.text).toContain(`/applications/${place.applicationId}/credentials`)
  })

  test('after a pause only the nearest is told', async () => {
    const { ctx, place, person } = await aSetting()
    await makeSecret(ctx, { ...place, lifetimeDays: 90 })
    await run(addDays(ctx.now, 87))
    await run(addDays(ctx.now, 87))
    expect(await subjects(person.email)).toEqual([ENDING])
  })

  test('two replicas at once send one', async () => {
    const { ctx, place, person } = await aSetting()
    await makeSecret(ctx, { ...place, lifetimeDays: 30 })
    const replica = await connectReplica(url)
    const soon = addMs(ctx.now, MINUTE)
    await Promise.all([db, replica.db, db, replica.db].map((on) => run(soon, on)))
    await replica.close()
    expect(await subjects(person.email)).toEqual([ENDING])
  })

  test('what is used within a day of its end is warned of, a day and an hour before, in place of the last notice', async () => {
    const { ctx, application, person, rotate } = await aSetting()
    await rotate('7d')
    const end = addDays(ctx.now, 7)
    await run(addMs(ctx.now, MINUTE))
    expect(await subjects(person.email)).toEqual([ENDING])
    await db.insert(usageMarks).values({ subjectId: application.secretId, lastUsedAt: addMs(end, -25 * HOUR) })
    for (const hours of [25, 24, 23, 2, 1.5]) await run(addMs(end, -hours * HOUR))
    expect(await subjects(person.email)).toEqual([IN_USE, ENDING])
    // At last nobody had used it for a day: no warning an hour before.
    await run(addMs(end, -HOUR))
    expect(await subjects(person.email)).toEqual([IN_USE, ENDING])
    await db.update(usageMarks).set({ lastUsedAt: addMs(end, -2 * HOUR) })
    await run(addMs(end, -HOUR))
    await run(addMs(end, -MINUTE))
    expect(await subjects(person.email)).toEqual([IN_USE, IN_USE, ENDING])
  })

  test('an end that was moved is told of anew; one that came early, or a revoked secret, no more', async () => {
    const { ctx, application, person, place, rotate } = await aSetting()
    await rotate('7d')
    await run(addMs(ctx.now, MINUTE))
    await moveSecretEnd(ctx, { secretId: application.secretId, end: '30d' })
    await run(addMs(ctx.now, 2 * MINUTE))
    expect(await subjects(person.email)).toHaveLength(2)
    await endSecret(ctx, { secretId: application.secretId })
    const other = await makeSecret(ctx, { ...place, lifetimeDays: 30 })
    await revokeSecret(ctx, { secretId: other.secretId, keepsTokens: false })
    await run(addDays(ctx.now, 25))
    expect(await subjects(person.email)).toHaveLength(2)
  })

  test('goes to everybody who may read credentials, each in their language, and to nobody else', async () => {
    const { person, customer, rotate, ctx } = await aSetting()
    const viewer = await aPerson(db, { locale: 'it' })
    const stranger = await aPerson(db)
    await db
      .insert(memberships)
      .values({ id: `mem_${viewer.id}`, personId: viewer.id, customerId: customer.id, role: 'viewer' })
    await rotate('24h')
    await run(addMs(ctx.now, MINUTE))
    expect(await subjects(person.email)).toEqual([ENDING])
    expect(await subjects(viewer.email)).toEqual(['Una credenziale di “Ledgerly” sta per scadere'])
    expect(await subjects(stranger.email)).toEqual([])
  })

  test('tells of a key that is being replaced, too', async () => {
    const { ctx, place, person, application } = await aSetting()
    await rotateKey(ctx, { ...place, overlap: '24h' })
    await run(addMs(ctx.now, MINUTE))
    const mails = await readMail(db, person.email)
    expect(mails).toHaveLength(1)
    expect(mails[0]?.text).toContain(application.clientId)
  })
})
