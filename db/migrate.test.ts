import { randomBytes } from 'node:crypto'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { sql } from 'drizzle-orm'
import postgres from 'postgres'
import { expect, inject, test } from 'vitest'
import { enqueueJob } from '@/lib/jobs/jobs'
import { connectDatabase } from './client'
import { aCustomer, anAccount, anApplication, aPerson } from './factories'
import { isMigrated, migrate } from './migrate'
import { testDatabase } from './testing'

const { db } = await testDatabase()

test('a migrated database is recognised and nothing is applied twice', async () => {
  expect(await isMigrated(db)).toBe(true)
  expect(await Promise.all([migrate(db), migrate(db)])).toEqual([0, 0])
})

test('keys and secrets from before have their rows, and so has an application that the release before registers', async () => {
  const name = `upgraded_${randomBytes(4).toString('hex')}`
  const admin = postgres(inject('databaseUrl'), { max: 1, onnotice: () => undefined })
  await admin.unsafe(`create database ${name}`)
  const old = connectDatabase(inject('databaseUrl').replace(/\/countersign$/, `/${name}`), { prepare: true, max: 1 })
  const register = async (id: string, key: string) => {
    await old.sql`insert into applications (id, customer_id, name) values (${id}, 'cus_old', 'Old')`
    await old.sql`insert into application_environments (application_id, environment, client_id, profile)
      values (${id}, 'sandbox', ${key}, 'standard')`
  }
  const folder = await migrationsBefore('secrets_that_end')
  await migrate(old.db, folder)
  await rm(folder, { recursive: true })
  await old.sql`insert into customers (id, kind, name) values ('cus_old', 'business', 'Old Srl')`
  await register('app_old', 'a'.repeat(32))
  await old.sql`insert into application_secrets (id, application_id, environment, secret_hash, hint)
    values ('sec_old', 'app_old', 'sandbox', 'x', 'hint')`
  expect(await migrate(old.db)).toBeGreaterThan(0)
  await register('app_during', 'b'.repeat(32))
  const keys = await old.sql`select application_id, client_id, ends_at from application_keys order by client_id`
  expect([...keys]).toEqual([
    { application_id: 'app_old', client_id: 'a'.repeat(32), ends_at: null },
    { application_id: 'app_during', client_id: 'b'.repeat(32), ends_at: null },
  ])
  expect([...(await old.sql`select secret_id, seen_by from secret_sightings`)]).toEqual([
    { secret_id: 'sec_old', seen_by: 'made' },
  ])
  await old.close()
  await admin.unsafe(`drop database ${name}`)
  await admin.end()
})

/** A folder with the migrations that were there before the one of that name. */
async function migrationsBefore(name: string): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'countersign-migrations-'))
  await cp('db/migrations', folder, { recursive: true })
  const file = path.join(folder, 'meta/_journal.json')
  const journal = JSON.parse(await readFile(file, 'utf8')) as { entries: { tag: string }[] }
  const until = journal.entries.findIndex(({ tag }) => tag.endsWith(name))
  await writeFile(file, JSON.stringify({ ...journal, entries: journal.entries.slice(0, until) }))
  return folder
}

test('the factories make rows that the constraints accept', async () => {
  const person = await aPerson(db)
  const customer = await aCustomer(db, person.id)
  await anAccount(db, customer.id)
  await anApplication(db, customer.id)
})

test('a job enqueued in a transaction that is rolled back does not exist', async () => {
  const count = async () => {
    const [row] = await db.execute<{ n: number }>(sql`select count(*)::int as n from pgboss.job where name = 'mail'`)
    return row?.n
  }
  const data = { to: 'a@example.test', name: 'a', subject: 's', sealed: '' }
  await db.transaction(async (tx) => enqueueJob(tx, 'mail', data))
  expect(await count()).toBe(1)
  const failed = db.transaction(async (tx) => {
    await enqueueJob(tx, 'mail', data)
    throw new Error('rolled back')
  })
  await expect(failed).rejects.toThrow('rolled back')
  expect(await count()).toBe(1)
})
