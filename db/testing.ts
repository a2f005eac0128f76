import { randomBytes } from 'node:crypto'
import postgres from 'postgres'
import { inject } from 'vitest'
import type { Actor, Context, PersonActor } from '@/lib/context/context'
import { startJobs } from '@/lib/jobs/jobs'
import { type Connected, connectDatabase, isPooled, setDatabase } from './client'

type Clone = Connected & { url: string }
const clones: { clone: Clone; stop: () => Promise<void> }[] = []

/**
 * A database of this test file's own, cloned from the migrated template, with the job store connected. Made once per file:
 * `const database = await testDatabase()` at the top of it.
 */
export async function testDatabase(): Promise<Clone> {
  const name = `test_${randomBytes(6).toString('hex')}`
  const admin = postgres(inject('databaseUrl'), { max: 1, onnotice: () => undefined })
  await createClone(admin, name)
  const url = inject(inject('isDirect') ? 'databaseUrl' : 'productUrl').replace(/\/countersign$/, `/${name}`)
  const connected = connectDatabase(url, { prepare: !(await isPooled(url)) })
  setDatabase(connected)
  const boss = await startJobs(url)
  const clone = { ...connected, url }
  clones.push({
    clone,
    stop: async () => {
      await boss.stop({ graceful: false })
      await connected.close()
      // What a file leaves behind would stay for the rest of the run: in memory, where the run is made there.
      await admin.unsafe(`drop database if exists ${name} with (force)`)
      await admin.end()
    },
  })
  return clone
}

/** A second pool on a test's database, as another replica would have it. The test closes it. */
export async function connectReplica(url: string): Promise<Connected> {
  return connectDatabase(url, { prepare: !(await isPooled(url)), max: 4 })
}

/** Two workers may clone at the same moment; PostgreSQL refuses the second while it reads the template. */
async function createClone(admin: postgres.Sql, name: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await admin.unsafe(`create database ${name} template template_countersign strategy file_copy`)
      return
    } catch (error) {
      if (attempt === 50 || (error as { code?: string }).code !== '55006') throw error
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
}

export async function closeTestDatabases(): Promise<void> {
  await Promise.all(clones.splice(0).map(({ stop }) => stop()))
}

/** A context for a verb under test; `now` is whatever the test says. */
export function testContext<A extends Actor>(db: Context['db'], actor: A, now: Date = new Date()): Context<A> {
  return { db, actor, now, requestId: 'test', address: '127.0.0.1' }
}

/** A person acting, freshly signed in with password and one-time code. */
export function personActor(
  personId: string,
  overrides: Partial<PersonActor> = {},
  now: Date = new Date(),
): PersonActor {
  return {
    kind: 'person',
    personId,
    sessionId: 'ses_test',
    customerId: null,
    role: null,
    isOperator: false,
    authTime: now,
    amr: ['pwd', 'otp'],
    steppedUpAt: null,
    steppedUpAmr: null,
    ...overrides,
  }
}
