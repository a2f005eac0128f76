import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { testDatabase } from '@/db/testing'
import { flushUsage, markUsage } from './mark-usage'

const { db } = await testDatabase()

async function marksOf(id: string) {
  const [row] = await db.execute<Record<string, unknown>>(
    sql`select last_address, uses_of_day, uses_of_day_before, last_used_at from usage_marks where subject_id = ${id}`,
  )
  return row
}

test('uses gather in memory and are added by one statement, also by two processes', async () => {
  const now = new Date('2026-03-01T10:00:00Z')
  for (let i = 0; i < 5; i++) markUsage('sec_a', { now, address: '192.0.2.1' })
  markUsage('sec_b', { now, address: null })
  await flushUsage(db)
  markUsage('sec_a', { now: new Date('2026-03-01T11:00:00Z'), address: '192.0.2.2' })
  await flushUsage(db)
  expect(await marksOf('sec_a')).toMatchObject({ last_address: '192.0.2.2', uses_of_day: 6, uses_of_day_before: 0 })
  expect(await marksOf('sec_b')).toMatchObject({ last_address: null, uses_of_day: 1 })
})

test('a new day begins a new count and keeps the one before', async () => {
  markUsage('sec_c', { now: new Date('2026-03-01T10:00:00Z'), address: null })
  await flushUsage(db)
  markUsage('sec_c', { now: new Date('2026-03-02T10:00:00Z'), address: null })
  markUsage('sec_c', { now: new Date('2026-03-02T10:00:01Z'), address: null })
  await flushUsage(db)
  expect(await marksOf('sec_c')).toMatchObject({ uses_of_day: 2, uses_of_day_before: 1 })
})

test('marks that cannot be written are kept for the next time', async () => {
  markUsage('sec_d', { now: new Date('2026-03-01T10:00:00Z'), address: null })
  const away = { execute: () => Promise.reject(new Error('the database is away')) } as unknown as typeof db
  await flushUsage(away)
  await flushUsage(db)
  expect(await marksOf('sec_d')).toMatchObject({ uses_of_day: 1 })
})
