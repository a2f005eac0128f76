import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import postgres from 'postgres'
import type { TestProject } from 'vitest/node'
import { startJobs } from '@/lib/jobs/jobs'
import { startEmbeddedPostgres } from '@/server/embedded-postgres'
import { connectDatabase } from './client'
import { migrate } from './migrate'
import { startPgBouncer } from './testing-pgbouncer'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where databases are made: PostgreSQL itself. */
    databaseUrl: string
    /** Where the product connects: the same, or PgBouncer in front of it (TEST_PGBOUNCER=1). */
    productUrl: string
    /** Of a project of vitest.config.ts whose tests go past PgBouncer. */
    isDirect?: boolean
  }
}

/** One cluster for the run and one template database, migrated once; db/testing.ts clones it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'countersign-test-'))
  const cluster = await startEmbeddedPostgres({
    directory,
    flags: ['-c', 'fsync=off', '-c', 'full_page_writes=off', '-c', 'shared_buffers=128MB'],
  })
  const admin = postgres(cluster.url, { max: 1, onnotice: () => undefined })
  await admin.unsafe('create database template_countersign')
  await admin.end()
  const url = cluster.url.replace(/\/countersign$/, '/template_countersign')
  const connected = connectDatabase(url, { prepare: true, max: 2 })
  await migrate(connected.db)
  const boss = await startJobs(url)
  await boss.stop({ graceful: false })
  await connected.close()
  const bouncer = process.env.TEST_PGBOUNCER === '1' ? await startPgBouncer(cluster.url, directory) : null
  project.provide('databaseUrl', cluster.url)
  project.provide('productUrl', bouncer?.url ?? cluster.url)
  return async () => {
    await bouncer?.stop()
    await cluster.stop()
    await rm(directory, { recursive: true, force: true })
  }
}
