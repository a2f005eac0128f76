import { and, desc, eq } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { aPerson } from '@/db/factories'
import { auditEvents } from '@/db/schema/partitioned'
import { people } from '@/db/schema/people'
import { testContext, testDatabase } from '@/db/testing'
import type { DomainError } from '@/lib/core/errors'
import { addMs, DAY, HOUR, MINUTE, SECOND } from '@/lib/core/time'
import { endSession } from './end-session'
import { findSession } from './find-session'
import { resendSignInCode } from './find-sign-in'
import { markActive } from './mark-active'
import { openSession } from './open-session'
import { passSecondFactor } from './pass-second-factor'
import { hashPassword } from './password'
import { startSignIn } from './start-sign-in'
import { readCode, readMail } from './testing/read-mail'

const { db } = await testDatabase()
const PASSWORD = 'a long way to tipperary'
const passwordHash = await hashPassword(PASSWORD)
const start = new Date()

function anonymous(now = start) {
  return testContext(db, { kind: 'anonymous' } as const, now)
}

function give(email: string, password: string, now = start, deviceToken: string | null = null) {
  return startSignIn(anonymous(now), { email, password, returnTo: '/security', deviceToken })
}

async function reasonOf(promise: Promise<unknown>): Promise<DomainError> {
  return promise.then(
    () => {
      throw new Error('was not refused')
    },
    (error) => error as DomainError,
  )
}

async function aTicket(now = start) {
  const person = await aPerson(db, { passwordHash })
  const { attemptToken } = await give(person.email, PASSWORD, now)
  const code = await readCode(db, person.email)
  const second = { method: 'mail-code', code, attemptToken, deviceToken: null } as const
  return { person, attemptToken, code, second }
}

function open(ticket: string, now = start, deviceToken: string | null = null) {
  return openSession(anonymous(now), { ticket, userAgent: 'test', deviceToken, previousSessionToken: null })
}

async function events(personId: string, action: string) {
  return db
    .select({ data: auditEvents.data, at: auditEvents.at })
    .from(auditEvents)
    .where(and(eq(auditEvents.personId, personId), eq(auditEvents.action, action)))
    .orderBy(desc(auditEvents.id))
}

describe('signing in', () => {
  test('password and one-time code make a session, and the audit says so', async () => {
    const { person, second } = await aTicket()
    const { ticket, returnTo } = await passSecondFactor(anonymous(), second)
    expect(returnTo).toBe('/security')
    const opened = await open(ticket)
    const session = await findSession(db, opened?.sessionToken ?? '', start)
    expect(session).toMatchObject({ person: { id: person.id }, amr: ['pwd', 'otp', 'mfa'], provedBy: 'mail-code' })
    expect(await events(person.id, 'sign-in.succeeded')).toHaveLength(1)
  })

  test('an unknown address, a wrong password and a disabled person get one answer', async () => {
    const person = await aPerson(db, { passwordHash })
    const disabled = await aPerson(db, { passwordHash, disabledAt: start })
    const answers = await Promise.all([
      reasonOf(give('nobody@example.test', PASSWORD)),
      reasonOf(give(person.email, 'not this one at all')),
      reasonOf(give(disabled.email, PASSWORD)),
    ])
    expect(new Set(answers.map(({ reason }) => reason))).toEqual(new Set(['credentials-wrong']))
    expect(new Set(answers.map(({ message }) => message)).size).toBe(1)
    expect(answers.map(({ detail }) => detail)).toEqual(['unknown address', 'wrong password', 'disabled'])
    expect(await events(person.id, 'sign-in.refused')).toHaveLength(1)
  })

  test('the address counts in whatever case it is written', async () => {
    const person = await aPerson(db, { passwordHash })
    await expect(give(person.email.toUpperCase(), PASSWORD)).resolves.toMatchObject({ methods: ['mail-code'] })
  })

  test('an unconfirmed address gets its link again instead of a session', async () => {
    const person = await aPerson(db, { passwordHash, emailConfirmedAt: null })
    for (let i = 0; i < 2; i++) {
      expect(await reasonOf(give(person.email, PASSWORD))).toMatchObject({ reason: 'email-unconfirmed' })
    }
    expect(await readMail(db, person.email), 'not twice in a minute').toHaveLength(1)
  })

  test.each(['nobody', 'somebody'])(
    'five failures in a row lock the password of %s, with a warning before',
    async (who) => {
      const email = who === 'nobody' ? `gone-${Date.now()}@example.test` : (await aPerson(db, { passwordHash })).email
      const reasons: string[] = []
      for (let i = 0; i < 5; i++) reasons.push((await reasonOf(give(email, 'not this one at all'))).reason)
      expect(reasons.slice(0, 3)).toEqual(Array(3).fill('credentials-wrong'))
      expect(reasons[3]).toBe('credentials-wrong-last-try')
      const locked = await reasonOf(give(email, PASSWORD))
      expect(locked).toMatchObject({ kind: 'rate-limited', reason: 'method-locked', retryAfterSeconds: 60 })
    },
  )

  test('a try at a locked password is in the audit too', async () => {
    const person = await aPerson(db, { passwordHash })
    for (let i = 0; i < 6; i++) await reasonOf(give(person.email, 'not this one at all'))
    const data = (await events(person.id, 'sign-in.refused')).map((event) => event.data)
    expect(data).toHaveLength(6)
    expect(data[0]).toEqual({ factor: 'password', locked: true })
  })

  test('each failure after the lock doubles the wait, and success strikes out the row', async () => {
    const person = await aPerson(db, { passwordHash })
    for (let i = 0; i < 5; i++) await reasonOf(give(person.email, 'not this one at all'))
    const later = addMs(start, 61 * SECOND)
    expect(await reasonOf(give(person.email, 'not this one at all', later))).toMatchObject({ kind: 'unauthenticated' })
    expect(await reasonOf(give(person.email, PASSWORD, later))).toMatchObject({ retryAfterSeconds: 120 })
    const muchLater = addMs(later, 121 * SECOND)
    await give(person.email, PASSWORD, muchLater)
    expect((await reasonOf(give(person.email, 'not this one at all', muchLater))).reason).toBe('credentials-wrong')
  })

  test('thirty wrong passwords at once are five tries', async () => {
    const person = await aPerson(db, { passwordHash })
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => reasonOf(give(person.email, 'wrong wrong wrong'))),
    )
    expect(answers.filter(({ kind }) => kind === 'unauthenticated')).toHaveLength(5)
    expect(answers.filter(({ reason }) => reason === 'method-locked')).toHaveLength(25)
  })

  test('a stranger cannot lock out a person who comes with a device they have used before', async () => {
    const { person, second } = await aTicket()
    const opened = await open((await passSecondFactor(anonymous(), second)).ticket)
    for (let i = 0; i < 6; i++) await reasonOf(give(person.email, 'not this one at all'))
    expect(await reasonOf(give(person.email, PASSWORD))).toMatchObject({ reason: 'method-locked' })
    await expect(give(person.email, PASSWORD, start, opened?.deviceToken)).resolves.toBeDefined()
    const other = await aPerson(db, { passwordHash })
    for (let i = 0; i < 6; i++) await reasonOf(give(other.email, 'not this one at all'))
    // The device of one person is a stranger's to another.
    expect(await reasonOf(give(other.email, PASSWORD, start, opened?.deviceToken))).toMatchObject({
      reason: 'method-locked',
    })
  })
})

describe('the second factor', () => {
  test('a code can be used once: of many at once exactly one wins', async () => {
    const { second } = await aTicket()
    const results = await Promise.allSettled(Array.from({ length: 4 }, () => passSecondFactor(anonymous(), second)))
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  test('a used code or a used attempt is refused', async () => {
    const { second } = await aTicket()
    await passSecondFactor(anonymous(), second)
    expect(await reasonOf(passSecondFactor(anonymous(), second))).toMatchObject({ reason: 'sign-in-over' })
  })

  test('a code is dead after ten minutes and after five wrong tries', async () => {
    const { second } = await aTicket()
    const late = addMs(start, 10 * MINUTE + 1)
    expect(await reasonOf(passSecondFactor(anonymous(late), second))).toMatchObject({ reason: 'sign-in-over' })
    const wrong = { ...second, code: second.code === '000000' ? '111111' : '000000' }
    for (let i = 0; i < 5; i++) await reasonOf(passSecondFactor(anonymous(), wrong))
    expect(await reasonOf(passSecondFactor(anonymous(), second))).toMatchObject({ reason: 'method-locked' })
    const waited = addMs(start, 61 * SECOND)
    expect(await reasonOf(passSecondFactor(anonymous(waited), second))).toMatchObject({ reason: 'code-wrong' })
  })

  test('another browser cannot finish a sign-in', async () => {
    const { second } = await aTicket()
    const { second: other } = await aTicket()
    expect(
      await reasonOf(passSecondFactor(anonymous(), { ...second, attemptToken: other.attemptToken })),
    ).toMatchObject({ reason: 'code-wrong' })
    expect(await reasonOf(passSecondFactor(anonymous(), { ...second, attemptToken: null }))).toMatchObject({
      reason: 'sign-in-over',
    })
  })

  test('a new code kills the one before, and not before 20 seconds have passed', async () => {
    const { person, attemptToken, second } = await aTicket()
    expect(await reasonOf(resendSignInCode(anonymous(), attemptToken))).toMatchObject({ reason: 'too-many-requests' })
    const later = addMs(start, 21 * SECOND)
    await resendSignInCode(anonymous(later), attemptToken)
    expect(await reasonOf(passSecondFactor(anonymous(later), second))).toMatchObject({ reason: 'code-wrong' })
    const code = await readCode(db, person.email)
    await expect(passSecondFactor(anonymous(later), { ...second, code })).resolves.toBeDefined()
  })
})

describe('tickets and sessions', () => {
  test('a ticket becomes a session once: of many at once exactly one wins', async () => {
    const { second } = await aTicket()
    const { ticket } = await passSecondFactor(anonymous(), second)
    const opened = await Promise.all(Array.from({ length: 4 }, () => open(ticket)))
    expect(opened.filter((session) => session !== null)).toHaveLength(1)
    expect(await open(ticket)).toBeNull()
  })

  test('a ticket is dead after a minute', async () => {
    const { second } = await aTicket()
    const { ticket } = await passSecondFactor(anonymous(), second)
    expect(await open(ticket, addMs(start, MINUTE))).toBeNull()
  })

  test('a session ends by pause, by age, by revocation, and with its person', async () => {
    const { person, second } = await aTicket()
    const token = (await open((await passSecondFactor(anonymous(), second)).ticket))?.sessionToken ?? ''
    expect(await findSession(db, token, addMs(start, 29 * MINUTE))).not.toBeNull()
    expect(await findSession(db, token, addMs(start, 30 * MINUTE))).toBeNull()
    const session = await findSession(db, token, start)
    for (let hour = 1; hour < 24; hour++) {
      await markActive(db, session?.id ?? '', addMs(start, (hour * HOUR) / 2))
    }
    expect(await findSession(db, token, addMs(start, 12 * HOUR - 10 * MINUTE))).not.toBeNull()
    expect(await findSession(db, token, addMs(start, 12 * HOUR))).toBeNull()
    const at = addMs(start, 11 * HOUR)
    await db.update(people).set({ disabledAt: at }).where(eq(people.id, person.id))
    expect(await findSession(db, token, at)).toBeNull()
    await db.update(people).set({ disabledAt: null }).where(eq(people.id, person.id))
    await endSession(anonymous(at), { sessionToken: token })
    expect(await findSession(db, token, at)).toBeNull()
    expect(await events(person.id, 'session.ended')).toHaveLength(1)
  })

  test('going on in the portal after a long pause does not hide the pause from the owner areas', async () => {
    const { second } = await aTicket()
    const token = (await open((await passSecondFactor(anonymous(), second)).ticket))?.sessionToken ?? ''
    const { id } = (await findSession(db, token, start)) as { id: string }
    const later = addMs(start, 6 * MINUTE)
    await markActive(db, id, later)
    await markActive(db, id, addMs(later, MINUTE))
    expect((await findSession(db, token, addMs(later, MINUTE)))?.pausedAt).toEqual(later)
  })

  test('signing in again ends the session that this browser had', async () => {
    const first = await aTicket()
    const before = await open((await passSecondFactor(anonymous(), first.second)).ticket)
    const next = await aTicket()
    const { ticket } = await passSecondFactor(anonymous(), next.second)
    await openSession(anonymous(), {
      ticket,
      userAgent: 'test',
      deviceToken: null,
      previousSessionToken: before?.sessionToken ?? null,
    })
    expect(await findSession(db, before?.sessionToken ?? '', start)).toBeNull()
    expect(await events(first.person.id, 'session.replaced')).toHaveLength(1)
  })

  test('nothing that is not one of our tokens reaches the database', async () => {
    expect(await findSession(db, "' or 1=1", start)).toBeNull()
    expect(await findSession(db, 'x'.repeat(5000), addMs(start, DAY))).toBeNull()
  })
})
