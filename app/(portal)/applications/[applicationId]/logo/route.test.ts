import { eq } from 'drizzle-orm'
import sharp from 'sharp'
import { expect, test, vi } from 'vitest'
import { aCustomer, anApplication, aPerson, aSession } from '@/db/factories'
import { applications } from '@/db/schema/applications'
import { testDatabase } from '@/db/testing'
import { callOwnRoute } from '@/lib/http/testing'
import { GET } from './route'

vi.mock('next/headers', async () => (await import('@/lib/http/testing')).nextHeaders)
vi.mock('next-intl/server', async () => (await import('@/lib/http/testing')).nextIntl)

const { db } = await testDatabase()
const owner = await aPerson(db)
const application = await anApplication(db, (await aCustomer(db, owner.id)).id)
const payer = await aSession(db, (await aPerson(db)).id) // no member of anything: who is asked in the wallet
const logo = await sharp({ create: { width: 8, height: 8, channels: 4, background: 'teal' } })
  .png()
  .toBuffer()

function ask(applicationId: string, token?: string, headers?: Record<string, string>) {
  return callOwnRoute(GET, { params: { applicationId }, ...(token ? { token } : {}), ...(headers ? { headers } : {}) })
}

test('anybody signed in gets the picture, which can do nothing and is kept by their browser alone', async () => {
  await db.update(applications).set({ logo }).where(eq(applications.id, application.id))
  const response = await ask(application.id, payer.token)
  expect(response.status).toBe(200)
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'image/png',
    'cache-control': 'private, no-cache',
    'content-security-policy': "default-src 'none'; sandbox",
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
  })
  expect(Buffer.from(await response.arrayBuffer())).toEqual(logo)
})

test('a browser that has it gets 304, until it is another', async () => {
  await db.update(applications).set({ logo }).where(eq(applications.id, application.id))
  const etag = (await ask(application.id, payer.token)).headers.get('etag') as string
  const again = await ask(application.id, payer.token, { 'if-none-match': etag })
  expect([again.status, await again.text()]).toEqual([304, ''])
  await db
    .update(applications)
    .set({ logo: Buffer.concat([logo, Buffer.from([0])]) })
    .where(eq(applications.id, application.id))
  expect((await ask(application.id, payer.token, { 'if-none-match': etag })).status).toBe(200)
})

test('without a logo, and without an application, is one 404; without a session 401', async () => {
  const bare = await anApplication(db, application.customerId)
  const answers = await Promise.all([bare.id, 'app_missing', '\u0000'].map((id) => ask(id, payer.token)))
  expect(answers.map(({ status }) => status)).toEqual([404, 404, 404])
  const bodies = await Promise.all(answers.map(async (answer) => ({ ...(await answer.json()), request_id: null })))
  expect(new Set(bodies.map((body) => JSON.stringify(body))).size).toBe(1)
  expect((await ask(application.id)).status).toBe(401)
})
