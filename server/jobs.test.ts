import { sql } from 'drizzle-orm'
import { afterAll, expect, onTestFinished, test, vi } from 'vitest'
import { testDatabase } from '@/db/testing'
import { env } from '@/lib/env/env'
import { enqueueMail } from '@/lib/jobs/enqueue-mail'
import { jobs } from '@/lib/jobs/jobs'
import { TestMailServer } from '@/lib/jobs/testing/mail-server'
import { registerJobs } from './jobs'

const { db } = await testDatabase()
let port = 1 // nobody listens there: the mail server is away at the start
vi.spyOn(env(), 'smtpUrl', 'get').mockImplementation(() => `smtp://localhost:${port}`)
await registerJobs()
afterAll(() => jobs().stop({ graceful: false }))

type MailJob = { state: string; retry_count: number; output: { outcome?: string } | null }

async function mailJobs(): Promise<MailJob[]> {
  return [
    ...(await db.execute<MailJob>(
      sql`select state, retry_count, output from pgboss.job where name = 'mail' order by created_on, id`,
    )),
  ]
}

/** Ends the pause before the next try. */
async function hurry(): Promise<void> {
  await db.execute(sql`update pgboss.job set start_after = now() where name = 'mail' and state = 'retry'`)
}

async function aServer(): Promise<TestMailServer> {
  const server = await new TestMailServer().listen()
  onTestFinished(() => server.close())
  port = server.port
  return server
}

test('mails wait for a mail server that is away or busy, and each arrives once', async () => {
  const to = ['a', 'b', 'c'].map((name) => `${name}@example.test`)
  await db.transaction(async (tx) => {
    for (const address of to) await enqueueMail(tx, { to: address, subject: 'Hello', text: 'Hello' })
  })
  await vi.waitFor(
    async () => expect((await mailJobs()).map(({ state }) => state)).toEqual(['retry', 'retry', 'retry']),
    8000,
  )

  const server = await aServer()
  server.recipient = () => ({ code: 451, message: 'try again later' })
  await hurry()
  await vi.waitFor(async () => expect((await mailJobs()).map((job) => job.retry_count)).toEqual([1, 1, 1]), 8000)
  expect(server.received).toEqual([])

  server.recipient = () => null
  await hurry()
  await vi.waitFor(async () => {
    await hurry()
    expect((await mailJobs()).every(({ state }) => state === 'completed')).toBe(true)
  }, 10_000)
  expect(server.received.flatMap((mail) => mail.to).sort()).toEqual(to)
  expect((await mailJobs()).map(({ output }) => output?.outcome)).toEqual(['accepted', 'accepted', 'accepted'])
})

test('a mail that is refused for good is not tried again, and those beside it arrive', async () => {
  const server = await aServer()
  server.recipient = (address) => (address.startsWith('gone') ? { code: 550, message: 'no such user' } : null)
  await db.execute(sql`delete from pgboss.job where name = 'mail'`)
  for (const to of ['gone@example.test', 'here@example.test']) {
    await enqueueMail(db, { to, subject: 'Hello', text: 'Hello' })
  }
  await vi.waitFor(async () => expect((await mailJobs()).every(({ state }) => state === 'completed')).toBe(true), 8000)
  expect((await mailJobs()).map(({ output }) => output?.outcome).sort()).toEqual(['accepted', 'refused'])
  expect(server.received.map((mail) => mail.to)).toEqual([['here@example.test']])
})

test('a mail outlives two days without a mail server', async () => {
  const { retryLimit = 0, retryDelay = 0, retryDelayMax = 0 } = (await jobs().getQueue('mail')) ?? {}
  // pg-boss: half of each pause is left to chance.
  const pauses = Array.from({ length: retryLimit }, (_, n) => Math.min(retryDelayMax, (retryDelay * 2 ** (n + 1)) / 2))
  expect(pauses.reduce((sum, pause) => sum + pause)).toBeGreaterThan(2 * 24 * 3600)
  expect(retryDelayMax).toBeLessThanOrEqual(900)
})
