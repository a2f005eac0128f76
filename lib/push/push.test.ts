import { randomBytes } from 'node:crypto'
import { eq, like, sql } from 'drizzle-orm'
import { importJWK, jwtVerify } from 'jose'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { aPerson } from '@/db/factories'
import { auditEvents } from '@/db/schema/partitioned'
import { pushSubscriptions } from '@/db/schema/people'
import { settings } from '@/db/schema/settings'
import { connectReplica, personActor, testContext, testDatabase } from '@/db/testing'
import type { Context } from '@/lib/context/context'
import { newId } from '@/lib/core/ids'
import { addMs, MINUTE } from '@/lib/core/time'
import { env } from '@/lib/env/env'
import type { JobData } from '@/lib/jobs/jobs'
import { deliverPush } from './deliver-push'
import { listDevices } from './list-devices'
import { SubscribeDeviceInput } from './schema'
import { openMessage, sealMessage } from './sealed-message'
import { sendToMyDevice } from './send-to-my-device'
import { subscribeDevice } from './subscribe-device'
import { TestPushService } from './testing'
import { unsubscribeDevice } from './unsubscribe-device'
import { getVapidKeys } from './vapid-keys'

const database = await testDatabase()
const service = new TestPushService()
const DEEPLINK = `http://localhost:3000/wallet/d#${randomBytes(32).toString('base64url')}`
const NOW = new Date()

let ctx: Context
let system: Context

beforeAll(async () => {
  await service.listen()
  vi.spyOn(env(), 'outboundAllow', 'get').mockReturnValue([service.host])
})
afterAll(() => service.close())

beforeEach(async () => {
  service.received.length = 0
  service.answer = () => 201
  await database.db.execute(sql`delete from pgboss.job`)
  await database.db.delete(pushSubscriptions)
  const person = await aPerson(database.db, { locale: 'it' })
  ctx = testContext(database.db, personActor(person.id, {}, NOW), NOW)
  system = testContext(database.db, { kind: 'system', name: 'push' }, NOW)
})

async function queued(): Promise<JobData['push'][]> {
  const rows = await database.db.execute<{ data: JobData['push'] }>(
    sql`select data from pgboss.job where name = 'push'`,
  )
  return rows.map((row) => row.data)
}

async function events(subjectId: string): Promise<string[]> {
  const rows = await database.db
    .select({ action: auditEvents.action })
    .from(auditEvents)
    .where(eq(auditEvents.subjectId, subjectId))
  return rows.map((row) => row.action)
}

async function sendOne(): Promise<JobData['push']> {
  await sendToMyDevice(ctx, { dispositionId: newId('disposition'), deeplink: DEEPLINK })
  const [job] = await queued()
  if (!job) throw new Error('no job')
  return job
}

test('a message reaches the subscribed device, encrypted for it and signed for its push service', async () => {
  await subscribeDevice(ctx, { ...service.subscription(), userAgent: 'Phone' })
  await deliverPush(system, await sendOne())

  const push = await service.nextPush()
  expect(push.headers).toMatchObject({ 'content-encoding': 'aes128gcm', urgency: 'high', ttl: '300' })
  expect(push.body.toString('latin1')).not.toContain('wallet')
  expect(JSON.parse(service.decrypt(push.body))).toEqual({ kind: 'disposition', locale: 'it', url: DEEPLINK })
})

test('the VAPID token is signed with the key that browsers subscribe with, for that push service alone', async () => {
  await subscribeDevice(ctx, service.subscription())
  await deliverPush(system, await sendOne())

  const { headers } = await service.nextPush()
  const match = /^vapid t=([^,]+), k=(.+)$/.exec(headers.authorization ?? '')
  const { publicKey } = await getVapidKeys(database.db)
  expect(match?.[2]).toBe(publicKey)
  const point = Buffer.from(publicKey, 'base64url')
  const key = await importJWK(
    {
      kty: 'EC',
      crv: 'P-256',
      x: point.subarray(1, 33).toString('base64url'),
      y: point.subarray(33).toString('base64url'),
    },
    'ES256',
  )
  const { payload } = await jwtVerify(match?.[1] ?? '', key, { audience: `http://${service.host}` })
  expect(payload.sub).toMatch(/^mailto:/)
})

test('two replicas that start at once keep one key pair, sealed', async () => {
  await database.db.delete(settings).where(like(settings.name, 'vapid%'))
  const replica = await connectReplica(database.url)
  const keys = await Promise.all(
    [database.db, replica.db, database.db, replica.db].map((connection) => getVapidKeys(connection)),
  )
  await replica.close()
  expect(new Set(keys.map((pair) => JSON.stringify(pair))).size).toBe(1)
  const rows = await database.db.select({ sealed: settings.sealed }).from(settings)
  expect(rows).toHaveLength(1)
  expect(rows[0]?.sealed.toString('latin1')).not.toContain(keys[0]?.privateKey)
})

test('nothing is queued, and the count says so, when no device is subscribed', async () => {
  await expect(sendToMyDevice(ctx, { dispositionId: newId('disposition'), deeplink: DEEPLINK })).resolves.toEqual({
    sent: 0,
  })
  expect(await queued()).toEqual([])
})

test('the import token lies nowhere in the job store', async () => {
  await subscribeDevice(ctx, service.subscription())
  const job = await sendOne()
  const token = DEEPLINK.split('#')[1] as string
  expect(JSON.stringify(job)).not.toContain(token)
  expect(Buffer.from(job.sealed, 'base64').toString('latin1')).not.toContain(token)
  expect(openMessage(job.sealed, job.subscriptionId)?.url).toBe(DEEPLINK)
  expect(openMessage(job.sealed, newId('pushSubscription'))).toBeNull()
})

test('every own device gets the message, and nobody else does', async () => {
  const other = await aPerson(database.db)
  await subscribeDevice(testContext(database.db, personActor(other.id)), service.subscription('/other'))
  await subscribeDevice(ctx, service.subscription('/phone'))
  await subscribeDevice(ctx, service.subscription('/tablet'))
  const dispositionId = newId('disposition')
  await expect(sendToMyDevice(ctx, { dispositionId, deeplink: DEEPLINK })).resolves.toEqual({ sent: 2 })
  for (const job of await queued()) await deliverPush(system, job)
  expect(service.received.map((push) => push.path).sort()).toEqual(['/phone', '/tablet'])
  expect(await events(dispositionId)).toEqual(['disposition.sent-to-device'])
})

test.each(['https://evil.example/wallet/d#x', 'http://localhost:3000/sign-in#x', 'http://localhost:3001/wallet/d#x'])(
  '%s is not sent to anybody',
  async (deeplink) => {
    await subscribeDevice(ctx, service.subscription())
    await expect(sendToMyDevice(ctx, { dispositionId: newId('disposition'), deeplink })).rejects.toMatchObject({
      reason: 'deeplink-foreign',
    })
    expect(await queued()).toEqual([])
  },
)

test('a change that is rolled back sends nothing', async () => {
  await subscribeDevice(ctx, service.subscription())
  await expect(
    database.db.transaction(async (tx) => {
      await sendToMyDevice({ ...ctx, db: tx }, { dispositionId: newId('disposition'), deeplink: DEEPLINK })
      throw new Error('changed my mind')
    }),
  ).rejects.toThrow('changed my mind')
  expect(await queued()).toEqual([])
})

test.each([404, 410])('a device whose push service answers %i is removed', async (status) => {
  const { id } = await subscribeDevice(ctx, service.subscription())
  service.answer = () => status
  await deliverPush(system, await sendOne())
  expect(await listDevices(ctx)).toEqual([])
  expect(await events(id)).toEqual(['device.subscribed', 'device.gone'])
})

test('a device that subscribes anew while its old keys are answered as gone stays', async () => {
  await subscribeDevice(ctx, service.subscription())
  const job = await sendOne()
  service.answer = async () => {
    await database.db.update(pushSubscriptions).set({ auth: randomBytes(16).toString('base64url') })
    return 410
  }
  await deliverPush(system, job)
  expect(await listDevices(ctx)).toHaveLength(1)
})

test('a busy push service is asked again, one that refuses for good is not', async () => {
  await subscribeDevice(ctx, service.subscription())
  const job = await sendOne()
  service.answer = () => 503
  await expect(deliverPush(system, job)).rejects.toMatchObject({ reason: 'push-service-busy' })
  service.answer = () => 400
  await expect(deliverPush(system, job)).resolves.toBeUndefined()
  expect((await listDevices(ctx))[0]?.failedAt).toEqual(NOW)
  service.answer = () => 201
  await deliverPush(system, job)
  expect((await listDevices(ctx))[0]).toMatchObject({ failedAt: null, lastUsedAt: NOW })
})

test('a message that comes too late, or that was tampered with, is dropped', async () => {
  await subscribeDevice(ctx, service.subscription())
  const job = await sendOne()
  await deliverPush({ ...system, now: addMs(NOW, 5 * MINUTE) }, job)
  await deliverPush(system, { ...job, sealed: sealMessage(openMessage(job.sealed, job.subscriptionId)!, 'psb_x') })
  await deliverPush(system, { ...job, sealed: 'AAAA' })
  expect(service.received).toEqual([])
})

test('an endpoint that is no longer allowed is not contacted', async () => {
  await subscribeDevice(ctx, service.subscription())
  const job = await sendOne()
  vi.spyOn(env(), 'outboundAllow', 'get').mockReturnValueOnce([])
  await deliverPush(system, job)
  expect(service.received).toEqual([])
  expect((await listDevices(ctx))[0]?.failedAt).toEqual(NOW)
})

test.each(['http://example.com/push', 'https://127.0.0.1/push', 'https://[::1]/push', 'https://10.0.0.1/push'])(
  'the endpoint %s cannot be subscribed',
  async (endpoint) => {
    await expect(subscribeDevice(ctx, { ...service.subscription(), endpoint })).rejects.toMatchObject({
      reason: 'outbound-address-refused',
    })
    expect(await listDevices(ctx)).toEqual([])
  },
)

test('keys of the wrong length or off the curve are refused', async () => {
  const { endpoint, keys } = service.subscription()
  for (const wrong of [
    { ...keys, auth: 'AAAA' },
    { ...keys, p256dh: 'AAAA' },
    { ...keys, auth: '!' },
  ]) {
    expect(SubscribeDeviceInput.safeParse({ endpoint, keys: wrong }).success).toBe(false)
  }
  expect(SubscribeDeviceInput.safeParse({ endpoint, keys }).success).toBe(true)
  const offCurve = Buffer.alloc(65, 4).toString('base64url')
  await expect(subscribeDevice(ctx, { endpoint, keys: { ...keys, p256dh: offCurve } })).rejects.toMatchObject({
    reason: 'device-key-invalid',
  })
})

test('one browser is one subscription, of whoever subscribed it last', async () => {
  const first = await subscribeDevice(ctx, service.subscription())
  const again = await subscribeDevice(ctx, service.subscription())
  expect(again.id).toBe(first.id)
  expect(await events(first.id)).toEqual(['device.subscribed'])
  const other = testContext(database.db, personActor((await aPerson(database.db)).id))
  await subscribeDevice(other, service.subscription())
  expect(await listDevices(ctx)).toEqual([])
  expect(await listDevices(other)).toHaveLength(1)
})

test('an eleventh device is refused', async () => {
  for (let i = 0; i < 10; i++) await subscribeDevice(ctx, service.subscription(`/${i}`))
  await expect(subscribeDevice(ctx, service.subscription('/11'))).rejects.toMatchObject({
    reason: 'device-limit-reached',
  })
  await expect(subscribeDevice(ctx, service.subscription('/3'))).resolves.toEqual({
    id: expect.stringMatching(/^psb_/),
  })
})

test("unsubscribing removes one's own device and leaves another's", async () => {
  const { id } = await subscribeDevice(ctx, service.subscription())
  const other = testContext(database.db, personActor((await aPerson(database.db)).id))
  await unsubscribeDevice(other, { id })
  expect(await listDevices(ctx)).toHaveLength(1)
  await unsubscribeDevice(ctx, { endpoint: service.subscription().endpoint })
  await unsubscribeDevice(ctx, { id })
  expect(await listDevices(ctx)).toEqual([])
  expect(await events(id)).toEqual(['device.subscribed', 'device.unsubscribed'])
})

test('only a person has devices', async () => {
  await expect(subscribeDevice(system, service.subscription())).rejects.toMatchObject({ reason: 'sign-in-required' })
})
