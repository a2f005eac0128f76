import { and, eq } from 'drizzle-orm'
import { Secret, TOTP } from 'otpauth'
import { beforeEach, describe, expect, test } from 'vitest'
import { aPerson, aSession } from '@/db/factories'
import { auditEvents } from '@/db/schema/partitioned'
import { passkeys, people, sessions } from '@/db/schema/people'
import { personActor, testContext, testDatabase } from '@/db/testing'
import type { Context, PersonActor } from '@/lib/context/context'
import { addMs, DAY, MINUTE, SECOND } from '@/lib/core/time'
import { confirmPasskey, removePasskey, renamePasskey } from './change-passkey'
import { changePassword } from './change-password'
import { enrolPasskey } from './enrol-passkey'
import { confirmTotp, removeTotp, startTotp } from './enrol-totp'
import { listOwnFactors } from './list-factors'
import { listPasskeys } from './list-passkeys'
import { makeRecoveryCodes } from './make-recovery-codes'
import { passSecondFactor } from './pass-second-factor'
import { hashPassword } from './password'
import { signInWithPasskey } from './sign-in-with-passkey'
import { startPasskeyEnrolment, startPasskeySignIn, startPasskeyStepUp } from './start-passkey-ceremony'
import { startSignIn } from './start-sign-in'
import { sendStepUpCode, stepUp } from './step-up'
import { TestAuthenticator } from './testing/authenticator'
import { readCode, readMail } from './testing/read-mail'

const { db } = await testDatabase()
const PASSWORD = 'a long way to tipperary'
const passwordHash = await hashPassword(PASSWORD)
const start = new Date()

type Signed = Context<PersonActor> & { email: string }
let me: Signed

beforeEach(async () => {
  me = await signedIn()
})

async function signedIn(values: { createdAt?: Date; provedBy?: string } = {}): Promise<Signed> {
  const person = await aPerson(db, { passwordHash, createdAt: values.createdAt ?? start })
  const session = await aSession(db, person.id, { authTime: start, provedBy: values.provedBy ?? 'mail-code' })
  const actor = personActor(person.id, { sessionId: session.id }, start)
  return { ...testContext(db, actor, start), email: person.email }
}

function at(ctx: Signed, now: Date): Signed {
  return { ...ctx, now }
}

function anonymous(now = start) {
  return testContext(db, { kind: 'anonymous' } as const, now)
}

async function enrol(ctx: Signed, key = new TestAuthenticator()) {
  const { challengeId, options } = await startPasskeyEnrolment(ctx)
  const made = await enrolPasskey(ctx, { challengeId, response: key.register(options.challenge), name: 'Phone' })
  return { key, ...made }
}

async function enrolTotp(ctx: Signed) {
  const started = await startTotp(ctx, {})
  const totp = new TOTP({ secret: Secret.fromBase32(started.secret) })
  await confirmTotp(ctx, { totpId: started.totpId, code: totp.generate({ timestamp: ctx.now.getTime() }) })
  return { totp, totpId: started.totpId }
}

async function provedBy(ctx: Signed, factor: string) {
  await db.update(sessions).set({ provedBy: factor }).where(eq(sessions.id, ctx.actor.sessionId))
}

async function eventsOf(ctx: Signed, action: string) {
  const rows = await db
    .select({ data: auditEvents.data })
    .from(auditEvents)
    .where(and(eq(auditEvents.personId, ctx.actor.personId), eq(auditEvents.action, action)))
    .orderBy(auditEvents.id)
  return rows.map(({ data }) => data)
}

async function hasEvent(ctx: Signed, action: string) {
  const rows = await db
    .select({ id: auditEvents.id })
    .from(auditEvents)
    .where(and(eq(auditEvents.personId, ctx.actor.personId), eq(auditEvents.action, action)))
  return rows.length
}

function winners(results: PromiseSettledResult<unknown>[]) {
  return results.filter(({ status }) => status === 'fulfilled').length
}

describe('passkeys', () => {
  test('the first authenticator of a young account accepts at once, with notice and audit', async () => {
    const { acceptsFrom } = await enrol(me)
    expect(acceptsFrom).toEqual(start)
    expect(await hasEvent(me, 'passkey.added')).toBe(1)
    expect((await readMail(db, me.email))[0]?.subject).toBe('An authenticator was added')
  })

  test('one added to an account of yesterday waits for a day', async () => {
    const old = await signedIn({ createdAt: addMs(start, -2 * DAY) })
    expect((await enrol(old)).acceptsFrom).toEqual(addMs(start, DAY))
  })

  test('a second one waits for a day unless an older authenticator has just proved the person', async () => {
    const { passkeyId } = await enrol(me)
    expect((await enrol(me)).acceptsFrom).toEqual(addMs(start, DAY))
    await provedBy(me, passkeyId)
    expect((await enrol(me)).acceptsFrom).toEqual(start)
  })

  test('a waiting one cannot vouch for another, a recovery code neither; an older one can', async () => {
    const old = await signedIn({ createdAt: addMs(start, -2 * DAY) })
    const first = await enrol(old)
    await provedBy(old, first.passkeyId)
    const second = await enrol(old)
    expect(second.acceptsFrom).toEqual(addMs(start, DAY))
    await expect(confirmPasskey(old, { passkeyId: second.passkeyId })).rejects.toMatchObject({
      reason: 'older-authenticator-required',
    })
    await db.update(passkeys).set({ acceptsFrom: start }).where(eq(passkeys.id, first.passkeyId))
    await confirmPasskey(old, { passkeyId: second.passkeyId })
    expect((await readMail(db, old.email))[0]?.subject).toBe('A new passkey may approve now')
    expect((await listPasskeys(old)).map(({ acceptsFrom }) => acceptsFrom)).toEqual([start, start])
  })

  test('a passkey alone signs in, once per challenge', async () => {
    const { key } = await enrol(me)
    const { challengeId, options } = await startPasskeySignIn(anonymous())
    const proof = { challengeId, response: key.assert(options.challenge) }
    const results = await Promise.allSettled([
      signInWithPasskey(anonymous(), proof),
      signInWithPasskey(anonymous(), proof),
    ])
    expect(winners(results)).toBe(1)
    await expect(signInWithPasskey(anonymous(), proof)).rejects.toMatchObject({ reason: 'passkey-refused' })
  })

  test('without user verification, with a foreign origin, an old counter or an expired challenge it is refused alike', async () => {
    const { key } = await enrol(me)
    async function attempt(change: (challenge: string) => ReturnType<typeof key.assert>, now = start) {
      const { challengeId, options } = await startPasskeySignIn(anonymous())
      return signInWithPasskey(anonymous(now), { challengeId, response: change(options.challenge) })
    }
    const refused = { reason: 'passkey-refused' }
    await expect(attempt((challenge) => key.assert(challenge, 0x01))).rejects.toMatchObject(refused)
    const foreign = Object.assign(Object.create(Object.getPrototypeOf(key)), key, { origin: 'https://evil.example' })
    await expect(attempt((challenge) => foreign.assert(challenge))).rejects.toMatchObject(refused)
    await expect(attempt((challenge) => key.assert(challenge), addMs(start, 5 * MINUTE))).rejects.toMatchObject(refused)
    key.counter = 10
    await attempt((challenge) => key.assert(challenge))
    key.counter = 5
    await expect(attempt((challenge) => key.assert(challenge))).rejects.toMatchObject(refused)
    expect(await eventsOf(me, 'sign-in.refused')).toEqual(Array(4).fill({ factor: 'passkey' }))
  })

  test('the passkey of a disabled person signs nobody in, and the refusal stays in the audit', async () => {
    const { key } = await enrol(me)
    await db.update(people).set({ disabledAt: start }).where(eq(people.id, me.actor.personId))
    const { challengeId, options } = await startPasskeySignIn(anonymous())
    const proof = { challengeId, response: key.assert(options.challenge) }
    await expect(signInWithPasskey(anonymous(), proof)).rejects.toMatchObject({ reason: 'passkey-refused' })
    expect(await eventsOf(me, 'sign-in.refused')).toEqual([{ factor: 'passkey' }])
  })

  test('the passkey of one person does not step up another', async () => {
    const { key } = await enrol(me)
    const other = await signedIn()
    const { challengeId, options } = await startPasskeyStepUp(other)
    await expect(
      stepUp(other, { method: 'passkey', challengeId, response: key.assert(options.challenge) }),
    ).rejects.toMatchObject({ reason: 'passkey-refused' })
    expect(await eventsOf(other, 'step-up.refused')).toEqual([{ factor: 'passkey' }])
  })

  test('it is renamed and removed by its person only, and the last authenticator stays', async () => {
    const { passkeyId } = await enrol(me)
    const other = await signedIn()
    await expect(renamePasskey(other, { passkeyId, name: 'Mine' })).rejects.toMatchObject({ kind: 'not-found' })
    await expect(removePasskey(other, { passkeyId })).rejects.toMatchObject({ kind: 'not-found' })
    await renamePasskey(me, { passkeyId, name: 'Telefono' })
    expect((await listPasskeys(me))[0]?.name).toBe('Telefono')
    await expect(removePasskey(me, { passkeyId })).rejects.toMatchObject({ reason: 'last-factor' })
    expect(await listPasskeys(me)).toHaveLength(1)
    const second = await enrol(me)
    const both = [removePasskey(me, { passkeyId }), removePasskey(me, { passkeyId: second.passkeyId })]
    expect(winners(await Promise.allSettled(both))).toBe(1)
    expect(await listPasskeys(me)).toHaveLength(1)
  })

  test('nothing about factors changes without a fresh proof', async () => {
    const late = at(me, addMs(start, 5 * MINUTE + SECOND))
    const refused = { reason: 'step-up-required' }
    await expect(startPasskeyEnrolment(late)).rejects.toMatchObject(refused)
    await expect(startTotp(late, {})).rejects.toMatchObject(refused)
    await expect(makeRecoveryCodes(late, {})).rejects.toMatchObject(refused)
    await expect(removeTotp(late, {})).rejects.toMatchObject(refused)
    await expect(
      changePassword(late, { currentPassword: PASSWORD, password: 'another long road' }),
    ).rejects.toMatchObject(refused)
  })
})

describe('authenticator app', () => {
  test('each time step is accepted once, however many ask at once', async () => {
    const { totp } = await enrolTotp(me)
    const later = addMs(start, MINUTE)
    const code = totp.generate({ timestamp: later.getTime() })
    const { attemptToken } = await startSignIn(anonymous(later), {
      email: me.email,
      password: PASSWORD,
      returnTo: null,
      deviceToken: null,
    })
    const second = { method: 'totp', code, attemptToken, deviceToken: null } as const
    const results = await Promise.allSettled(
      Array.from({ length: 4 }, () => passSecondFactor(anonymous(later), second)),
    )
    expect(winners(results)).toBe(1)
    await expect(stepUp(at(me, later), { method: 'totp', code })).rejects.toMatchObject({ reason: 'code-wrong' })
  })

  test('the code that turned it on does not sign in as well', async () => {
    const { totp } = await enrolTotp(me)
    const code = totp.generate({ timestamp: start.getTime() })
    await expect(stepUp(me, { method: 'totp', code })).rejects.toMatchObject({ reason: 'code-wrong' })
  })

  test('codes by mail are over once it is set up', async () => {
    expect((await listOwnFactors(me)).methods).toEqual(['mail-code'])
    await enrolTotp(me)
    expect((await listOwnFactors(me)).methods).toEqual(['totp'])
    await expect(sendStepUpCode(me, { method: 'mail-code' })).rejects.toMatchObject({ reason: 'method-not-offered' })
  })

  test('a person has one at a time, and a wrong code turns nothing on', async () => {
    const started = await startTotp(me, {})
    await expect(confirmTotp(me, { totpId: started.totpId, code: '12' })).rejects.toMatchObject({
      reason: 'code-wrong',
    })
    expect(await eventsOf(me, 'totp.add-refused')).toEqual([{ failures: 1 }])
    await enrolTotp(me)
    await expect(startTotp(me, {})).rejects.toMatchObject({ reason: 'totp-exists' })
  })
})

describe('recovery codes', () => {
  test('each works once as second factor, and only the newest set works', async () => {
    const old = await makeRecoveryCodes(me, {})
    const { codes } = await makeRecoveryCodes(me, {})
    expect(codes).toHaveLength(10)
    const { attemptToken } = await startSignIn(anonymous(), {
      email: me.email,
      password: PASSWORD,
      returnTo: null,
      deviceToken: null,
    })
    const second = (code: string) =>
      passSecondFactor(anonymous(), { method: 'recovery-code', code, attemptToken, deviceToken: null })
    await expect(second(old.codes[0] as string)).rejects.toMatchObject({ reason: 'code-wrong' })
    const code = (codes[0] as string).toLowerCase().replaceAll('-', '')
    expect(winners(await Promise.allSettled([second(code), second(code), second(code)]))).toBe(1)
    expect((await listOwnFactors(me)).recoveryCodesLeft).toBe(9)
  })

  test('in a step-up one counts together with the password only', async () => {
    const { codes } = await makeRecoveryCodes(me, {})
    const [first, second] = codes as [string, string]
    await expect(
      stepUp(me, { method: 'recovery-code', code: first, password: 'not this one at all' }),
    ).rejects.toMatchObject({ reason: 'password-wrong' })
    await stepUp(me, { method: 'recovery-code', code: second, password: PASSWORD })
    expect(await hasEvent(me, 'step-up.succeeded')).toBe(1)
    const [session] = await db
      .select({ amr: sessions.amr, steppedUpAmr: sessions.steppedUpAmr })
      .from(sessions)
      .where(eq(sessions.id, me.actor.sessionId))
    // The sign-in's own stays: what was proved then is not proved anew.
    expect(session).toEqual({ amr: expect.any(Array), steppedUpAmr: ['pwd', 'otp', 'mfa'] })
  })
})

describe('step-up', () => {
  test('a try at a locked method is in the audit too', async () => {
    await sendStepUpCode(me, { method: 'mail-code' })
    for (let i = 0; i < 6; i++) {
      await expect(stepUp(me, { method: 'mail-code', code: 'WRONG' })).rejects.toThrow()
    }
    expect((await eventsOf(me, 'step-up.refused')).at(-1)).toEqual({ factor: 'mail-code', locked: true })
  })

  test('a code by mail opens sensitive acts, once', async () => {
    await sendStepUpCode(me, { method: 'mail-code' })
    const code = await readCode(db, me.email)
    const proof = { method: 'mail-code', code } as const
    expect(winners(await Promise.allSettled([stepUp(me, proof), stepUp(me, proof)]))).toBe(1)
    const [session] = await db
      .select({ steppedUpAt: sessions.steppedUpAt, steppedUpAmr: sessions.steppedUpAmr, provedBy: sessions.provedBy })
      .from(sessions)
      .where(eq(sessions.id, me.actor.sessionId))
    expect(session).toEqual({ steppedUpAt: start, steppedUpAmr: ['otp'], provedBy: 'mail-code' })
  })

  test('a sign-in code does not step up', async () => {
    await startSignIn(anonymous(), { email: me.email, password: PASSWORD, returnTo: null, deviceToken: null })
    const code = await readCode(db, me.email)
    await expect(stepUp(me, { method: 'mail-code', code })).rejects.toMatchObject({ reason: 'code-wrong' })
    expect(await hasEvent(me, 'step-up.refused')).toBe(1)
  })
})
