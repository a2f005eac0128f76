import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { and, eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { aPerson, aSession } from '@/db/factories'
import { auditEvents } from '@/db/schema/partitioned'
import { passkeys } from '@/db/schema/people'
import { personActor, testContext, testDatabase } from '@/db/testing'
import type { Context, PersonActor } from '@/lib/context/context'
import { newId } from '@/lib/core/ids'
import { open } from '@/lib/core/seal'
import { addMs, DAY, HOUR, MINUTE } from '@/lib/core/time'
import { env } from '@/lib/env/env'
import type { JobData } from '@/lib/jobs/jobs'
import { addPhone, confirmPhone, removePhone } from './change-phone'
import { deliverSms } from './deliver-sms'
import { resendSignInCode } from './find-sign-in'
import { listOwnFactors } from './list-factors'
import { makeRecoveryCodes } from './make-recovery-codes'
import { openSession } from './open-session'
import { passSecondFactor } from './pass-second-factor'
import { hashPassword } from './password'
import { AddPhoneInput } from './schema'
import { startSignIn } from './start-sign-in'
import { sendStepUpCode, stepUp } from './step-up'
import { readMail } from './testing/read-mail'

const { db } = await testDatabase()
const PASSWORD = 'a long way to tipperary'
const passwordHash = await hashPassword(PASSWORD)
const now = new Date()

type Received = { headers: IncomingMessage['headers']; body: unknown }
const received: Received[] = []
let answer = 202
let server: Server
const smsWebhookUrl = vi.spyOn(env(), 'smsWebhookUrl', 'get')
const demo = vi.spyOn(env(), 'demo', 'get')

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    received.push({ headers: request.headers, body: JSON.parse(Buffer.concat(chunks).toString()) })
    response.writeHead(answer).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  smsWebhookUrl.mockReturnValue(`http://${host}/send?key=ours`)
  demo.mockReturnValue(false)
  vi.spyOn(env(), 'outboundAllow', 'get').mockReturnValue([host])
})
afterAll(() => {
  server.close()
})

type Signed = Context<PersonActor> & { email: string }
let me: Signed
let numbers = 0
let number: string

beforeEach(async () => {
  received.length = 0
  answer = 202
  await db.execute(sql`delete from pgboss.job`)
  me = await signedIn()
  numbers += 1
  number = `+3933312${String(numbers).padStart(5, '0')}`
})

async function signedIn(): Promise<Signed> {
  const person = await aPerson(db, { passwordHash, emailConfirmedAt: addMs(now, -2 * DAY), locale: 'it' })
  const session = await aSession(db, person.id, { authTime: now })
  return { ...testContext(db, personActor(person.id, { sessionId: session.id }, now), now), email: person.email }
}

function later<C extends Context>(ctx: C, ms: number): C {
  return { ...ctx, now: addMs(now, ms) }
}

/** Text messages that wait to be sent, oldest first. */
async function texts(to = number) {
  const rows = await db.execute<{ id: string; data: JobData['sms'] }>(
    sql`select id, data from pgboss.job where name = 'sms' and data->>'to' = ${to} order by created_on, id`,
  )
  return rows.map(({ id, data }) => ({
    id,
    data,
    text: open(env().secretKeys, 'sms', Buffer.from(data.sealed, 'base64'), data.to) ?? '',
  }))
}

async function lastCode(to = number) {
  const codes = (await texts(to)).flatMap(({ text }) => /\b\d{6}\b/.exec(text) ?? [])
  return codes.at(-1) as string
}

async function withPhone(ctx = me) {
  const { phoneId } = await addPhone(ctx, { phone: number })
  await confirmPhone(ctx, { phoneId, code: await lastCode() })
  return phoneId
}

async function actions(ctx = me) {
  const rows = await db
    .select({ action: auditEvents.action })
    .from(auditEvents)
    .where(eq(auditEvents.personId, ctx.actor.personId))
    .orderBy(auditEvents.id)
  return rows.map(({ action }) => action)
}

async function methods(ctx = me) {
  return (await listOwnFactors(ctx)).methods
}

const anonymous = (ms = 0) => testContext(db, { kind: 'anonymous' } as const, addMs(now, ms))
const begin = (ms = 0) =>
  startSignIn(anonymous(ms), { email: me.email, password: PASSWORD, returnTo: null, deviceToken: null })

describe('a phone number', () => {
  test('counts once the code sent to it has come back, with notice on every channel and in the audit', async () => {
    const { phoneId } = await addPhone(me, { phone: number })
    expect(await methods()).toEqual([])
    const code = await lastCode()
    await expect(confirmPhone(me, { phoneId, code: '1' })).rejects.toMatchObject({ reason: 'code-wrong' })
    await confirmPhone(me, { phoneId, code })
    expect(await methods()).toEqual(['sms-code'])
    expect((await readMail(db, me.email))[0]?.subject).toBe('È stato aggiunto un numero di telefono')
    expect((await texts()).at(-1)?.text).toContain('/security')
    expect(await actions()).toEqual(['phone.add-refused', 'phone.added'])
    await expect(confirmPhone(me, { phoneId, code })).rejects.toMatchObject({ reason: 'code-wrong' })
  })

  test('the code of one number confirms no other, and nobody else’s', async () => {
    const first = await addPhone(me, { phone: number })
    const code = await lastCode()
    const other = number.slice(0, -1)
    const second = await addPhone(me, { phone: other })
    await expect(confirmPhone(me, { phoneId: second.phoneId, code })).rejects.toMatchObject({ reason: 'code-wrong' })
    await expect(confirmPhone(me, { phoneId: first.phoneId, code })).rejects.toMatchObject({ kind: 'not-found' })
    const stranger = await signedIn()
    const theirs = { phoneId: second.phoneId, code: await lastCode(other) }
    await expect(confirmPhone(stranger, theirs)).rejects.toMatchObject({ reason: 'code-wrong' })
    expect(await methods()).toEqual([])
  })

  test('is added and removed with a fresh proof only, one at a time', async () => {
    const stale = later(me, 5 * MINUTE + 1)
    await expect(addPhone(stale, { phone: number })).rejects.toMatchObject({ reason: 'step-up-required' })
    await withPhone()
    await expect(addPhone(me, { phone: number })).rejects.toMatchObject({ reason: 'phone-exists' })
    await expect(removePhone(stale, {})).rejects.toMatchObject({ reason: 'step-up-required' })
  })

  test('of two confirmations at once one wins', async () => {
    const { phoneId } = await addPhone(me, { phone: number })
    const code = await lastCode()
    const both = await Promise.allSettled([confirmPhone(me, { phoneId, code }), confirmPhone(me, { phoneId, code })])
    expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  test('is removed with notice there too; the only way to prove oneself stays', async () => {
    await withPhone()
    await expect(removePhone(me, {})).rejects.toMatchObject({ reason: 'last-factor' })
    expect(await methods()).toEqual(['sms-code'])
    await aPasskeyOf(me)
    const before = (await texts()).length
    await removePhone(me, {})
    expect((await texts()).length).toBe(before + 1)
    expect(await actions()).toContain('phone.removed')
    expect((await listOwnFactors(me)).phone).toBeNull()
    await expect(removePhone(me, {})).rejects.toMatchObject({ kind: 'not-found' })
  })

  test('is taken as people write it, in E.164', () => {
    const parse = (given: string) => AddPhoneInput.safeParse({ phone: given }).data?.phone
    expect(['+39 333 123-4567', '0039 (333) 1234567', '+44.20.7946.0000'].map(parse)).toEqual([
      '+393331234567',
      '+393331234567',
      '+442079460000',
    ])
    expect(['333 1234567', '+0 12345678', '+39', '+39333123456789012', '+39 333\n;'].map(parse)).toEqual(
      Array(5).fill(undefined),
    )
  })

  test('gets five codes an hour at most, a pause between them, however many people ask', async () => {
    await addPhone(me, { phone: number })
    await expect(addPhone(me, { phone: number })).rejects.toMatchObject({
      reason: 'too-many-requests',
      retryAfterSeconds: 20,
    })
    for (let i = 1; i < 5; i++) {
      const other = later(await signedIn(), i * MINUTE)
      await addPhone(other, { phone: number })
    }
    const late = later(await signedIn(), 5 * MINUTE - 1)
    await expect(addPhone(late, { phone: number })).rejects.toMatchObject({ reason: 'too-many-requests' })
    expect(await texts()).toHaveLength(5)
    const nextHour = later(me, HOUR)
    await addPhone({ ...nextHour, actor: { ...me.actor, authTime: nextHour.now } }, { phone: number })
  })
})

describe('a code by text message', () => {
  test('is the second factor of a sign-in, sent by itself, once, and the session says what it was', async () => {
    await withPhone()
    const { attemptToken, methods: offered } = await begin(MINUTE)
    expect(offered).toEqual(['sms-code'])
    const second = { method: 'sms-code', code: await lastCode(), attemptToken, deviceToken: null } as const
    // The code that came by text message is none by mail, though both are six digits.
    await expect(passSecondFactor(anonymous(MINUTE), { ...second, method: 'mail-code' })).rejects.toMatchObject({
      reason: 'code-wrong',
    })
    const both = await Promise.allSettled([
      passSecondFactor(anonymous(MINUTE), second),
      passSecondFactor(anonymous(MINUTE), second),
    ])
    const won = both.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    expect(won).toHaveLength(1)
    const ticket = won[0]?.ticket as string
    const entry = { ticket, userAgent: 'test', deviceToken: null, previousSessionToken: null }
    expect(await openSession(anonymous(MINUTE), entry)).not.toBeNull()
    const [event] = await db
      .select({ data: auditEvents.data })
      .from(auditEvents)
      .where(and(eq(auditEvents.personId, me.actor.personId), eq(auditEvents.action, 'sign-in.succeeded')))
    expect(event?.data).toEqual({ amr: ['pwd', 'sms', 'mfa'] })
  })

  test('another one kills the one before, after a pause', async () => {
    await withPhone()
    const { attemptToken } = await begin(MINUTE)
    const first = await lastCode()
    await expect(resendSignInCode(anonymous(MINUTE), attemptToken, 'sms-code')).rejects.toMatchObject({
      reason: 'too-many-requests',
    })
    await resendSignInCode(anonymous(2 * MINUTE), attemptToken, 'sms-code')
    const second = { method: 'sms-code', attemptToken, deviceToken: null } as const
    if ((await lastCode()) !== first) {
      await expect(passSecondFactor(anonymous(2 * MINUTE), { ...second, code: first })).rejects.toMatchObject({
        reason: 'code-wrong',
      })
    }
    await passSecondFactor(anonymous(2 * MINUTE), { ...second, code: await lastCode() })
  })

  test('opens sensitive acts', async () => {
    await withPhone()
    await sendStepUpCode(later(me, MINUTE), { method: 'sms-code' })
    await stepUp(later(me, MINUTE), { method: 'sms-code', code: await lastCode() })
    expect(await actions()).toContain('step-up.succeeded')
  })

  test('is offered to nobody who has something stronger, and where text messages are off', async () => {
    await withPhone()
    smsWebhookUrl.mockReturnValueOnce(null)
    expect(await methods()).toEqual([])
    const url = env().smsWebhookUrl
    smsWebhookUrl.mockReturnValue(null)
    await expect(addPhone(await signedIn(), { phone: number })).rejects.toMatchObject({ reason: 'sms-off' })
    smsWebhookUrl.mockReturnValue(url)
    await aPasskeyOf(me)
    expect(await methods()).toEqual(['passkey'])
    await expect(sendStepUpCode(me, { method: 'sms-code' })).rejects.toMatchObject({ reason: 'method-not-offered' })
    const { attemptToken } = await begin(MINUTE)
    const forced = { method: 'sms-code', code: '123456', attemptToken, deviceToken: null } as const
    await expect(passSecondFactor(anonymous(MINUTE), forced)).rejects.toMatchObject({ reason: 'code-wrong' })
  })

  test('a change of security is told by text message as well, ten times an hour at most', async () => {
    await withPhone()
    const before = (await texts()).length
    await makeRecoveryCodes(me, {})
    expect((await texts()).slice(before).map(({ text }) => text)).toEqual([expect.stringContaining('/security')])
    for (let i = 0; i < 12; i++) await makeRecoveryCodes(me, {})
    expect((await texts()).filter(({ text }) => text.includes('/security'))).toHaveLength(10)
  })
})

describe('the webhook', () => {
  test('gets number and text as JSON, with the same idempotency key at each try', async () => {
    await addPhone(me, { phone: number })
    const [sms] = await texts()
    if (!sms) throw new Error('no text message')
    answer = 503
    await expect(deliverSms(sms.data, sms.id)).rejects.toThrow('503')
    answer = 202
    expect(await deliverSms(sms.data, sms.id)).toEqual({ outcome: 'accepted' })
    expect(received.map(({ body }) => body)).toEqual(Array(2).fill({ to: number, text: sms.text }))
    expect(received.map(({ headers }) => headers['idempotency-key'])).toEqual([sms.id, sms.id])
    expect(received[0]?.headers['content-type']).toBe('application/json')
    expect(JSON.stringify(sms.data)).not.toContain(await lastCode())
  })

  test('a refusal for good is not tried again, nor what was sealed with another key or for another number', async () => {
    await addPhone(me, { phone: number })
    const [sms] = await texts()
    if (!sms) throw new Error('no text message')
    answer = 422
    expect(await deliverSms(sms.data, sms.id)).toEqual({ outcome: 'refused' })
    expect(await deliverSms({ ...sms.data, to: '+393330000000' }, sms.id)).toEqual({ outcome: 'unreadable' })
    expect(received).toHaveLength(1)
  })

  test('a private address that is not allowed is not reached', async () => {
    await addPhone(me, { phone: number })
    const [sms] = await texts()
    if (!sms) throw new Error('no text message')
    vi.spyOn(env(), 'outboundAllow', 'get').mockReturnValueOnce([])
    await expect(deliverSms(sms.data, sms.id)).rejects.toMatchObject({ reason: 'outbound-address-refused' })
    expect(received).toEqual([])
  })
})

async function aPasskeyOf(ctx: Signed) {
  const id = newId('passkey')
  const made = { publicKey: Buffer.alloc(1), counter: 0, rpId: 'localhost', name: 'Phone', acceptsFrom: now }
  const row = { id, personId: ctx.actor.personId, credentialId: id, backupEligible: false, backedUp: false }
  await db.insert(passkeys).values({ ...row, ...made })
}
