import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { type Connected, connectDatabase, isPooled, setDatabase } from '@/db/client'
import { migrate } from '@/db/migrate'
import { synchronizeClock } from '@/lib/context/clock'
import { env, parseEnvironment } from '@/lib/env/env'
import { startJobs } from '@/lib/jobs/jobs'
import { DataDirectoryInUseError, lockDataDirectory, lockHolder } from './data-lock'
import { runningEmbeddedUrl, startEmbeddedPostgres } from './embedded-postgres'
import { writeOnce } from './write-once'

export type OpenedDatabase = Connected & { url: string; close(): Promise<void> }

/**
 * Makes a database available to this process: the one of DATABASE_URL, or the embedded one of DATA_DIR, which it starts. A
 * `command` beside a running server uses the server's. Afterwards `env()` knows DATABASE_URL and SECRET_KEY, the schema is
 * migrated, the clock is the database's, and jobs can be enqueued.
 * @throws EnvironmentError, DataDirectoryInUseError
 */
export async function openDatabase(purpose: 'server' | 'command'): Promise<OpenedDatabase> {
  const given = parseEnvironment(process.env, purpose)
  const release = given.databaseUrl ? async () => undefined : await openEmbedded(path.resolve(given.dataDir), purpose)
  const url = env().databaseUrl
  if (!url) throw new Error('no database')
  const connected = connectDatabase(url, { prepare: !(await isPooled(url)), max: purpose === 'server' ? 12 : 2 })
  setDatabase(connected)
  await migrate(connected.db)
  await synchronizeClock(connected.db)
  const boss = await startJobs(url)
  return {
    ...connected,
    url,
    close: async () => {
      await boss.stop({ graceful: true, timeout: 5000 })
      await connected.close()
      await release()
    },
  }
}

/** Connects a further process of a cluster to what the first has opened and migrated. */
export async function joinDatabase(): Promise<OpenedDatabase> {
  const url = env().databaseUrl
  if (!url) throw new Error('no database')
  const connected = connectDatabase(url, { prepare: !(await isPooled(url)), max: 8 })
  setDatabase(connected)
  await synchronizeClock(connected.db)
  const boss = await startJobs(url)
  return {
    ...connected,
    url,
    close: async () => {
      await boss.stop({ graceful: true, timeout: 5000 })
      await connected.close()
    },
  }
}

async function openEmbedded(directory: string, purpose: 'server' | 'command'): Promise<() => Promise<void>> {
  await mkdir(directory, { recursive: true })
  const holder = await lockHolder(directory)
  process.env.SECRET_KEY ||= await secretKeyOf(directory)
  process.env.DEMO ||= '1'
  if (holder?.purpose === 'server' && purpose === 'command') {
    process.env.DATABASE_URL = await waitFor(() => runningEmbeddedUrl(directory), 30_000)
    return async () => undefined
  }
  const unlock = await lockPatiently(directory, purpose)
  try {
    const cluster = await startEmbeddedPostgres({ directory })
    process.env.DATABASE_URL = cluster.url
    return async () => {
      await cluster.stop()
      await unlock()
    }
  } catch (error) {
    await unlock()
    throw error
  }
}

/** A command holds the directory for seconds only: worth waiting for. A server does not. */
async function lockPatiently(directory: string, purpose: 'server' | 'command'): Promise<() => Promise<void>> {
  const deadline = Date.now() + 20_000
  for (;;) {
    try {
      return await lockDataDirectory(directory, purpose)
    } catch (error) {
      const patient =
        error instanceof DataDirectoryInUseError && error.holder.purpose === 'command' && Date.now() < deadline
      if (!patient) throw error
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }
}

async function secretKeyOf(directory: string): Promise<string> {
  const file = path.join(directory, 'secret.key')
  if (!existsSync(file)) await writeOnce(file, `${randomBytes(32).toString('base64')}\n`)
  return (await readFile(file, 'utf8')).trim()
}

async function waitFor<T>(read: () => Promise<T | null>, ms: number): Promise<T> {
  const deadline = Date.now() + ms
  for (;;) {
    const value = await read()
    if (value !== null) return value
    if (Date.now() > deadline) throw new Error('the running server has not opened its database')
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}
