import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Connected } from '@/db/client'
import { aCustomer, anApplication, anOpenedRequest, aPerson } from '@/db/factories'
import { authorizationRequests } from '@/db/schema/oauth'
import { connectReplica, personActor, testContext, testDatabase } from '@/db/testing'
import { newId } from '@/lib/core/ids'
import { newOpaqueToken } from '@/lib/core/secrets'
import { addMs, MINUTE } from '@/lib/core/time'
import { claimRequest, findVisitedRequest, releaseRequest } from './visit-request'

const database = await testDatabase()
const { db } = database
const now = new Date()
let replica: Connected
beforeAll(async () => {
  replica = await connectReplica(database.url)
})
afterAll(() => replica.close())

const application = await anApplication(db, (await aCustomer(db, (await aPerson(db)).id)).id)

async function aVisitor(pool = db) {
  const person = await aPerson(db)
  return { id: person.id, ctx: testContext(pool, personActor(person.id, {}, now), now) }
}

async function whose(requestId: string) {
  const [row] = await db
    .select({ personId: authorizationRequests.personId })
    .from(authorizationRequests)
    .where(eq(authorizationRequests.id, requestId))
  return row?.personId
}

test('a request is told to the browser that brought it, with its host and not its whole callback', async () => {
  const visit = await anOpenedRequest(db, application, { redirectUri: 'https://client.example:8443/a/path' })
  const { ctx } = await aVisitor()
  expect(await findVisitedRequest(ctx, visit)).toEqual({
    id: visit.requestId,
    applicationId: application.id,
    environment: 'sandbox',
    callbackHost: 'client.example:8443',
    scopes: ['psd2-ais', 'psd2-pis'],
    payments: [],
    status: 'open',
    granted: false,
  })
  const over = { ...ctx, now: addMs(now, 31 * MINUTE) }
  expect(await findVisitedRequest(over, visit)).toMatchObject({ status: 'expired', granted: false })
  for (const [answer, granted] of [
    ['granted', true],
    ['access_denied', false],
  ] as const) {
    const answered = await anOpenedRequest(db, application, { answer, answeredAt: now })
    expect(await findVisitedRequest(over, answered)).toMatchObject({ status: 'answered', granted })
  }
})

test('one that never was, one of another browser, and one that nobody has opened look alike, and cannot be claimed', async () => {
  const visit = await anOpenedRequest(db, application)
  const other = await anOpenedRequest(db, application)
  const pushed = await anOpenedRequest(db, application, { kind: 'pushed', openedAt: null })
  const { ctx } = await aVisitor()
  for (const stranger of [
    { requestId: newId('authorizationRequest'), browserToken: visit.browserToken },
    { requestId: "arq_' or 1=1 --", browserToken: visit.browserToken },
    { requestId: visit.requestId, browserToken: other.browserToken },
    { requestId: visit.requestId, browserToken: newOpaqueToken() },
    { requestId: visit.requestId, browserToken: null },
    pushed,
  ]) {
    expect(await findVisitedRequest(ctx, stranger)).toBeNull()
    expect(await claimRequest(ctx, stranger)).toBe(false)
    await releaseRequest(ctx, stranger)
  }
  expect(await whose(visit.requestId)).toBeNull()
})

test('of two who open it at once in one browser, on two replicas, one has it', async () => {
  for (let n = 0; n < 10; n += 1) {
    const visit = await anOpenedRequest(db, application)
    const visitors = [await aVisitor(), await aVisitor(replica.db)]
    const claimed = await Promise.all(visitors.map(({ ctx }) => claimRequest(ctx, visit)))
    expect([...claimed].sort()).toEqual([false, true])
    expect(await whose(visit.requestId)).toBe(visitors[claimed.indexOf(true)]?.id)
  }
})

test('whoever has it has it again; another one only once it was left to them', async () => {
  const visit = await anOpenedRequest(db, application)
  const [first, second] = [await aVisitor(), await aVisitor()]
  expect([await claimRequest(first.ctx, visit), await claimRequest(first.ctx, visit)]).toEqual([true, true])
  await releaseRequest(second.ctx, visit)
  expect(await claimRequest(second.ctx, visit)).toBe(false)
  await releaseRequest(first.ctx, visit)
  expect(await claimRequest(second.ctx, visit)).toBe(true)
  expect(await claimRequest(first.ctx, visit)).toBe(false)
})

test('what is answered or over is claimed by nobody and stays whose it was', async () => {
  const { id, ctx } = await aVisitor()
  const answered = await anOpenedRequest(db, application, { personId: id, answer: 'granted', answeredAt: now })
  await releaseRequest(ctx, answered)
  expect(await whose(answered.requestId)).toBe(id)
  expect(await claimRequest(ctx, answered)).toBe(false)
  const over = await anOpenedRequest(db, application, { expiresAt: now })
  expect(await claimRequest(ctx, over)).toBe(false)
})

test('nobody claims without having signed in', async () => {
  const visit = await anOpenedRequest(db, application)
  const anybody = testContext(db, { kind: 'anonymous' }, now)
  await expect(claimRequest(anybody, visit)).rejects.toMatchObject({ kind: 'unauthenticated' })
  await expect(releaseRequest(anybody, visit)).rejects.toMatchObject({ kind: 'unauthenticated' })
})
