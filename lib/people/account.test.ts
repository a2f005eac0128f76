import { eq } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import { describe, expect, test } from 'vitest'
import { aPerson, aSession } from '@/db/factories'
import { people } from '@/db/schema/people'
import { personActor, testContext, testDatabase } from '@/db/testing'
import type { Context } from '@/lib/context/context'
import { addMs, DAY, HOUR, MINUTE } from '@/lib/core/time'
import { changePassword } from './change-password'
import { confirmEmail } from './confirm-email'
import { findSession } from './find-session'
import { findSignIn } from './find-sign-in'
import { attemptKey, beginAttempt, TRIES } from './limit-attempts'
import { listActivity } from './list-activity'
import { listSessions } from './list-sessions'
import { hashPassword, isCommonPassword, requireFitPassword, verifyPassword } from './password'
import * as recover from './recover'
import { resetPassword } from './recover'
import * as emailChange from './request-email-change'
import { revokeOtherSessions, revokeSession } from './revoke-session'
import * as signingUp from './sign-up'
import { startSignIn } from './start-sign-in'
import { findPasswordHash, findPersonByEmail } from './store'
import { readMail, readToken, writeRequestedMail } from './testing/read-mail'

const database = await testDatabase()
const { db } = database
const PASSWORD = 'a long way to tipperary'
const start = new Date()
let counter = 0

function anonymous(now = start) {
  return testContext(db, { kind: 'anonymous' } as const, now)
}

function newEmail() {
  counter += 1
  return `Sign.Up-${counter}@Example.test`
}

function winners(results: PromiseSettledResult<unknown>[]) {
  return results.filter(({ status }) => status === 'fulfilled').length
}

/** What a verb has sent to the database when it answers. */
async function statementsOf(act: (ctx: Context) => Promise<unknown>): Promise<string[]> {
  const statements: string[] = []
  const client = postgres(database.url, { max: 1, prepare: false, debug: (_, query) => statements.push(query) })
  try {
    await client`select 1`
    statements.splice(0)
    await act({ ...anonymous(), db: drizzle(client) })
  } finally {
    await client.end()
  }
  return statements
}

/** The verb, and then the job that it left behind. */
function withMail<I, O>(verb: (ctx: Context, input: I) => Promise<O>): typeof verb {
  return async (ctx, input) => {
    const answer = await verb(ctx, input)
    await writeRequestedMail(ctx)
    return answer
  }
}
const signUp = withMail(signingUp.signUp)
const requestPasswordReset = withMail(recover.requestPasswordReset)
const requestEmailChange = withMail(emailChange.requestEmailChange)

async function signedUp() {
  const email = newEmail()
  await signUp(anonymous(), { email, name: 'Ada', password: PASSWORD, locale: 'it' })
  return email
}

describe('signing up', () => {
  test('the mailed link confirms the address, once', async () => {
    const email = await signedUp()
    expect((await findPersonByEmail(db, email))?.emailConfirmedAt).toBeNull()
    const token = await readToken(db, email)
    const both = await Promise.allSettled([confirmEmail(anonymous(), { token }), confirmEmail(anonymous(), { token })])
    expect(winners(both)).toBe(1)
    expect((await findPersonByEmail(db, email))?.emailConfirmedAt).toEqual(start)
    await expect(confirmEmail(anonymous(), { token })).rejects.toMatchObject({ reason: 'link-dead' })
  })

  test('the link is dead after 24 hours, and when a newer one was sent', async () => {
    const email = await signedUp()
    const token = await readToken(db, email)
    await expect(confirmEmail(anonymous(addMs(start, DAY)), { token })).rejects.toMatchObject({ reason: 'link-dead' })
    const later = anonymous(addMs(start, MINUTE))
    await signUp(later, { email, name: 'Ada', password: PASSWORD, locale: 'en' })
    await expect(confirmEmail(later, { token })).rejects.toMatchObject({ reason: 'link-dead' })
  })

  test('an address that somebody has gets the same answer and another mail, and nothing of theirs changes', async () => {
    const owner = await aPerson(db, { passwordHash: await hashPassword(PASSWORD), locale: 'it' })
    const before = await findPasswordHash(db, owner.id)
    const input = {
      email: owner.email.toUpperCase(),
      name: 'Eve',
      password: 'the password of eve here',
      locale: 'en',
    } as const
    const answer = await signUp(anonymous(), input)
    expect(answer).toEqual({ email: input.email })
    expect((await readMail(db, owner.email))[0]?.subject).toBe('Hai già un account')
    expect(await findPasswordHash(db, owner.id)).toBe(before)
  })

  test('of two sign-ups with one address at once there is one person', async () => {
    const email = newEmail()
    const input = { email, name: 'Ada', password: PASSWORD, locale: 'en' } as const
    const later = anonymous(addMs(start, MINUTE))
    await Promise.all([signUp(anonymous(), input), signUp(later, { ...input, email: email.toLowerCase() })])
    const rows = await db.select({ id: people.id }).from(people).where(eq(people.name, 'Ada'))
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length)
    expect(await findPersonByEmail(db, email)).not.toBeNull()
  })
})

describe('passwords', () => {
  test.each([
    'password1234',
    'Password-12345',
    'P@ssw0rd1234',
    'qwertyuiop123',
    'abcabcabcabc',
    '123456789012',
    'letmeinplease',
    'sunshine-2026!!',
    'welcomewelcome',
    'forzajuventus!',
  ])('%s is refused as common', (password) => {
    expect(isCommonPassword(password)).toBe(true)
  })

  test.each(['a long way to tipperary', 'Verde-tavolo-9-nuvole', 'xk29fj3lq0vz', 'correct stapler orange lake'])(
    '%s is not',
    (password) => {
      expect(isCommonPassword(password)).toBe(false)
    },
  )

  test('it cannot be one’s own name or address with a little around it', () => {
    const person = { email: 'margherita.hack@example.test', name: 'Margherita Hack' }
    expect(() => requireFitPassword('margherita2026', person)).toThrow()
    expect(() => requireFitPassword('stelle lontane di notte', person)).not.toThrow()
  })

  test('two ways of writing one letter are one password', async () => {
    const hash = await hashPassword('caffè lungo senza zucchero')
    expect(hash.startsWith('$argon2id$')).toBe(true)
    expect(await verifyPassword(hash, 'caffe\u0300 lungo senza zucchero')).toBe(true)
    expect(await verifyPassword(null, 'caffè lungo senza zucchero')).toBe(false)
  })

  test('a stranger’s password takes as long to refuse as a person’s', async () => {
    const hash = await hashPassword(PASSWORD)
    const costs = /\$v=19\$(m=\d+,t=\d+,p=\d+)\$/
    const source = await import('node:fs').then((fs) => fs.readFileSync('lib/people/password.ts', 'utf8'))
    expect(costs.exec(source)?.[1]).toBe(costs.exec(hash)?.[1])
  })

  test('changing it needs the present one and ends the other sessions', async () => {
    const person = await aPerson(db, { passwordHash: await hashPassword(PASSWORD) })
    const mine = await aSession(db, person.id)
    const other = await aSession(db, person.id)
    const ctx = testContext(db, personActor(person.id, { sessionId: mine.id }, start), start)
    const password = 'another road to somewhere'
    await expect(changePassword(ctx, { currentPassword: 'not this one', password })).rejects.toMatchObject({
      reason: 'password-wrong',
    })
    expect((await listActivity(ctx, { before: null })).events[0]).toMatchObject({ action: 'password.change-refused' })
    await changePassword(ctx, { currentPassword: PASSWORD, password })
    expect(await verifyPassword(await findPasswordHash(db, person.id), password)).toBe(true)
    expect(await findSession(db, other.token, start)).toBeNull()
    expect(await findSession(db, mine.token, start)).not.toBeNull()
  })
})

describe('recovery', () => {
  test('the mailed link sets a password once, ends every session, and an unfit password leaves it unused', async () => {
    const person = await aPerson(db, { passwordHash: await hashPassword(PASSWORD) })
    const session = await aSession(db, person.id)
    await requestPasswordReset(anonymous(), { email: person.email })
    const token = await readToken(db, person.email)
    await expect(resetPassword(anonymous(), { token, password: 'password1234' })).rejects.toMatchObject({
      reason: 'password-common',
    })
    const password = 'another road to somewhere'
    const both = [resetPassword(anonymous(), { token, password }), resetPassword(anonymous(), { token, password })]
    expect(winners(await Promise.allSettled(both))).toBe(1)
    expect(await findSession(db, session.token, start)).toBeNull()
    expect(await verifyPassword(await findPasswordHash(db, person.id), password)).toBe(true)
  })

  test('a new password ends what somebody with the old one had under way: a change of address, a sign-in', async () => {
    const person = await aPerson(db, { passwordHash: await hashPassword(PASSWORD) })
    const session = await aSession(db, person.id)
    await requestEmailChange(testContext(db, personActor(person.id, { sessionId: session.id }), start), {
      email: 'taken.over@example.test',
    })
    const change = await readToken(db, 'taken.over@example.test')
    const started = await startSignIn(anonymous(), {
      email: person.email,
      password: PASSWORD,
      returnTo: null,
      deviceToken: null,
    })
    await requestPasswordReset(anonymous(), { email: person.email })
    await resetPassword(anonymous(), { token: await readToken(db, person.email), password: 'seventeen green bottles' })
    await expect(confirmEmail(anonymous(), { token: change })).rejects.toMatchObject({ reason: 'link-dead' })
    expect(await findSignIn(anonymous(), started.attemptToken)).toBeNull()
  })

  test('it opens the locks on the password; a locked second factor stays locked', async () => {
    const person = await aPerson(db, { passwordHash: await hashPassword(PASSWORD) })
    const locked = ['password', 'totp', 'recovery-code', 'step-up-totp'].map((method) =>
      attemptKey(person.id, method, null),
    )
    const attempt = (key: string) =>
      beginAttempt(anonymous(), key, { action: 'sign-in.refused', personId: person.id, data: {} })
    for (const key of locked) {
      for (let i = 0; i < TRIES; i++) await attempt(key)
    }
    await requestPasswordReset(anonymous(), { email: person.email })
    await resetPassword(anonymous(), { token: await readToken(db, person.email), password: 'another road entirely' })
    const [password, ...others] = locked as [string, ...string[]]
    await expect(attempt(password)).resolves.toMatchObject({ failures: 1 })
    for (const key of others) {
      await expect(attempt(key), key).rejects.toMatchObject({ reason: 'method-locked' })
    }
  })

  test('five links an hour, a minute apart: after that the answer is the same and the last link stays good', async () => {
    const person = await aPerson(db, { passwordHash: await hashPassword(PASSWORD) })
    const ask = (ms: number) => requestPasswordReset(anonymous(addMs(start, ms)), { email: person.email.toUpperCase() })
    await ask(0)
    expect(await ask(MINUTE - 1)).toEqual({ email: person.email.toUpperCase() })
    expect(await readMail(db, person.email)).toHaveLength(1)
    for (let i = 1; i < 8; i++) await ask(i * MINUTE)
    expect(await readMail(db, person.email)).toHaveLength(5)
    const token = await readToken(db, person.email)
    const at = addMs(start, 20 * MINUTE)
    await resetPassword(anonymous(at), { token, password: 'another road entirely' })
    await ask(HOUR)
    expect((await readMail(db, person.email)).filter(({ text }) => text.includes('token='))).toHaveLength(6)
  })

  test('of many requests at once one mails', async () => {
    const person = await aPerson(db)
    await Promise.all(
      Array.from({ length: 8 }, () => recover.requestPasswordReset(anonymous(), { email: person.email })),
    )
    await writeRequestedMail(anonymous())
    expect(await readMail(db, person.email)).toHaveLength(1)
  })

  test('an unknown address gets the same answer, and no mail', async () => {
    const email = 'nobody-at-all@example.test'
    expect(await requestPasswordReset(anonymous(), { email })).toEqual({ email })
    expect(await readMail(db, email)).toEqual([])
  })

  test('the link is dead after an hour', async () => {
    const person = await aPerson(db)
    await requestPasswordReset(anonymous(), { email: person.email })
    const token = await readToken(db, person.email)
    const late = anonymous(addMs(start, HOUR))
    await expect(resetPassword(late, { token, password: 'another road to somewhere' })).rejects.toMatchObject({
      reason: 'link-dead',
    })
  })
})

describe('address', () => {
  test('it changes once the link at the new one is opened, and the old one is told', async () => {
    const person = await aPerson(db)
    const ctx = testContext(db, personActor(person.id, {}, start), start)
    const email = newEmail()
    await requestEmailChange(ctx, { email })
    expect((await readMail(db, person.email))[0]?.text).toContain(email)
    expect((await findPersonByEmail(db, person.email))?.id).toBe(person.id)
    await confirmEmail(anonymous(), { token: await readToken(db, email) })
    expect((await findPersonByEmail(db, email))?.id).toBe(person.id)
  })

  test('one that somebody else has stays theirs, and the answer does not tell', async () => {
    const [person, holder] = [await aPerson(db), await aPerson(db)]
    const ctx = testContext(db, personActor(person.id, {}, start), start)
    expect(await requestEmailChange(ctx, { email: holder.email })).toEqual({ email: holder.email })
    expect((await readMail(db, holder.email))[0]?.text).not.toContain('token=')
  })
})

describe('before the answer the same statements run, whoever has the address or nobody:', () => {
  test('a new password', async () => {
    const person = await aPerson(db)
    const known = await statementsOf((ctx) => recover.requestPasswordReset(ctx, { email: person.email }))
    expect(known.length).toBeGreaterThan(2)
    expect(await statementsOf((ctx) => recover.requestPasswordReset(ctx, { email: newEmail() }))).toEqual(known)
  })

  test('a change of address', async () => {
    const [person, holder] = [await aPerson(db), await aPerson(db)]
    const ask = (email: string) =>
      statementsOf((ctx) =>
        emailChange.requestEmailChange({ ...ctx, actor: personActor(person.id, {}, start) }, { email }),
      )
    expect(await ask(holder.email)).toEqual(await ask(newEmail()))
  })

  test('a sign-up', async () => {
    const person = await aPerson(db)
    const ask = (email: string) =>
      statementsOf((ctx) => signingUp.signUp(ctx, { email, name: 'Ada', password: PASSWORD, locale: 'en' }))
    expect(await ask(person.email)).toEqual(await ask(newEmail()))
  })
})

describe('sessions', () => {
  test('one is ended by its person only, all others at once', async () => {
    const [person, stranger] = [await aPerson(db), await aPerson(db)]
    const [mine, second, third] = [
      await aSession(db, person.id),
      await aSession(db, person.id),
      await aSession(db, person.id),
    ]
    const foreign = await aSession(db, stranger.id)
    const ctx = testContext(db, personActor(person.id, { sessionId: mine.id }, start), start)
    expect((await listSessions(ctx)).find(({ current }) => current)?.id).toBe(mine.id)
    await expect(revokeSession(ctx, { sessionId: foreign.id })).rejects.toMatchObject({ kind: 'not-found' })
    await revokeSession(ctx, { sessionId: second.id })
    expect(await findSession(db, second.token, start)).toBeNull()
    expect(await revokeOtherSessions(ctx, {})).toEqual({ count: 1 })
    expect(await findSession(db, third.token, start)).toBeNull()
    expect(await findSession(db, foreign.token, start)).not.toBeNull()
    expect(await listSessions(ctx)).toHaveLength(1)
  })

  test('a person sees what they did and what was done to them, and nobody else’s', async () => {
    const [person, stranger] = [await aPerson(db), await aPerson(db)]
    const mine = await aSession(db, person.id)
    const ctx = testContext(db, personActor(person.id, { sessionId: mine.id }, start), start)
    await revokeOtherSessions(ctx, {})
    await requestPasswordReset(anonymous(), { email: person.email })
    await requestPasswordReset(anonymous(), { email: stranger.email })
    const { events } = await listActivity(ctx, { before: null })
    expect(events.map(({ action }) => action)).toEqual(['password.reset-requested', 'session.others-revoked'])
    expect(events.map(({ byMe }) => byMe)).toEqual([false, true])
  })
})
