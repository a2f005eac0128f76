import { eq } from 'drizzle-orm'
import { describe, expect, test, vi } from 'vitest'
import { aCustomer, anAccount, anApplication, aPerson, aSession } from '@/db/factories'
import { dispositions } from '@/db/schema/dispositions'
import { sessions } from '@/db/schema/people'
import { personActor, testContext, testDatabase } from '@/db/testing'
import { connectionOperation } from '@/lib/connections/connection-operation'
import { startSelfConnection } from '@/lib/connections/start-self-connection'
import { acceptDisposition } from '@/lib/dispositions/accept-disposition'
import { cancelDisposition } from '@/lib/dispositions/cancel-disposition'
import { findDeeplink } from '@/lib/dispositions/find-deeplink'
import { importDisposition } from '@/lib/dispositions/import-disposition'
import { prepareAcceptance } from '@/lib/dispositions/prepare-acceptance'
import { refuseDisposition } from '@/lib/dispositions/refuse-disposition'
import { submitNumber } from '@/lib/dispositions/submit-number'
import { aPasskey } from '@/lib/dispositions/testing'
import { callOwnRoute } from '@/lib/http/testing'
import { GET } from './route'

vi.mock('next/headers', async () => (await import('@/lib/http/testing')).nextHeaders)
vi.mock('next-intl/server', async () => (await import('@/lib/http/testing')).nextIntl)

const { db } = await testDatabase()

async function aStarted() {
  const person = await aPerson(db, { name: 'Giulia Rossi' })
  const business = await aCustomer(db, person.id)
  const application = await anApplication(db, business.id)
  const account = await anAccount(db, business.id)
  const { token } = await aSession(db, person.id)
  const ctx = testContext(db, personActor(person.id, { customerId: business.id, role: 'owner' }))
  const input = { applicationId: application.id, environment: 'sandbox' as const, accountId: account.id }
  const { dispositionId: id } = await startSelfConnection(ctx, input)
  return { person, ctx, id, token, read: (as: string | undefined = token) => read(id, as) }
}

async function read(dispositionId: string, token?: string) {
  const response = await callOwnRoute(GET, { params: { dispositionId }, ...(token ? { token } : {}) })
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, unknown>,
  }
}

async function imported(started: Awaited<ReturnType<typeof aStarted>>) {
  const deeplink = await findDeeplink(started.ctx, { id: started.id })
  await importDisposition(started.ctx, { token: deeplink?.split('#')[1] as string })
}

describe('GET /api/dispositions/{id}', () => {
  test('waits, then tells who imported it and the number, sooner; nothing of it is ever cached', async () => {
    const started = await aStarted()
    const waiting = await started.read()
    expect(waiting.status).toBe(200)
    expect(waiting.headers.get('cache-control')).toBe('no-store')
    expect(waiting.body).toEqual({
      status: 'WAITING',
      poll_after_ms: 1500,
      expires_at: expect.stringMatching(/Z$/),
      imported_by: null,
      number: null,
      refused_imports: 0,
      reason: null,
      now: expect.stringMatching(/Z$/),
    })
    await imported(started)
    expect((await started.read()).body).toMatchObject({
      status: 'IMPORTED',
      poll_after_ms: 1000,
      imported_by: 'G••••• R••••',
      number: expect.any(Number),
    })
  })

  test('each end is final and is not asked for again', async () => {
    const [granted, refused, cancelled, expired] = [
      await aStarted(),
      await aStarted(),
      await aStarted(),
      await aStarted(),
    ]
    await imported(granted)
    const [row] = await db.select().from(dispositions).where(eq(dispositions.id, granted.id))
    await submitNumber(granted.ctx, { id: granted.id, number: row?.number as number })
    const passkey = await aPasskey(db, granted.person.id)
    const prepared = await prepareAcceptance(granted.ctx, { id: granted.id, locale: 'en' }, connectionOperation)
    const assertion = passkey.assert(prepared.options.challenge)
    await acceptDisposition(granted.ctx, { id: granted.id, assertion }, connectionOperation)
    await imported(refused)
    await refuseDisposition(refused.ctx, { id: refused.id })
    await cancelDisposition(cancelled.ctx, { id: cancelled.id })
    await db
      .update(dispositions)
      .set({ importUntil: new Date(0) })
      .where(eq(dispositions.id, expired.id))

    const ends = [
      [granted, 'GRANTED', 'accepted'],
      [refused, 'REFUSED', 'refused'],
      [cancelled, 'CANCELLED', 'cancelled'],
      [expired, 'EXPIRED', 'expired'],
    ] as const
    for (const [started, status, reason] of ends) {
      const { body } = await started.read()
      expect(body).toMatchObject({ status, poll_after_ms: null, expires_at: null, reason })
      expect(JSON.stringify(body)).not.toMatch(/[0-9a-f]{32}|#/) // neither Connection Code nor import token
    }
  })

  test('a stranger gets what a missing one gets, and nobody signed in is asked to sign in', async () => {
    const [started, stranger] = [await aStarted(), await aStarted()]
    const { request_id: one, ...foreign } = (await started.read(stranger.token)).body
    const { request_id: other, ...missing } = (await read('dsp_00000000000000000000', stranger.token)).body
    expect(foreign).toEqual(missing)
    expect(foreign).toMatchObject({ status: 404, code: 'not-found' })
    for (const id of ['', '\u0000', 'dsp_x; drop']) expect((await read(id, stranger.token)).status).toBe(404)
    expect((await read(started.id)).body).toMatchObject({ status: 401, code: 'sign-in-required' })
    expect((await started.read('x'.repeat(43))).status).toBe(401)
  })

  test('asking is no activity of the person', async () => {
    const started = await aStarted()
    const past = new Date(Date.now() - 20 * 60_000)
    await db.update(sessions).set({ lastActiveAt: past }).where(eq(sessions.personId, started.person.id))
    expect((await started.read()).status).toBe(200)
    const [row] = await db.select().from(sessions).where(eq(sessions.personId, started.person.id))
    expect(row?.lastActiveAt).toEqual(past)
  })
})
