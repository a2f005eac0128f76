import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { enqueueJob } from '@/lib/jobs/jobs'
import { aCustomer, anAccount, anApplication, aPerson } from './factories'
import { isMigrated, migrate } from './migrate'
import { testDatabase } from './testing'

const { db } = await testDatabase()

test('a migrated database is recognised and nothing is applied twice', async () => {
  expect(await isMigrated(db)).toBe(true)
  expect(await Promise.all([migrate(db), migrate(db)])).toEqual([0, 0])
})

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
  const data = { to: 'a@example.test', subject: 's', text: 't' }
  await db.transaction(async (tx) => enqueueJob(tx, 'mail', data))
  expect(await count()).toBe(1)
  const failed = db.transaction(async (tx) => {
    await enqueueJob(tx, 'mail', data)
    throw new Error('rolled back')
  })
  await expect(failed).rejects.toThrow('rolled back')
  expect(await count()).toBe(1)
})
