import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { testDatabase } from '@/db/testing'
import { addMs, HOUR, MINUTE } from '@/lib/core/time'
import { makeUsageReporter } from './mark-usage'
import { usesIn24Hours } from './uses-in-24-hours'

const { db } = await testDatabase()
const noon = new Date('2026-03-01T12:20:00Z')
let counter = 0

function aSubject() {
  counter += 1
  return `sec_${counter}`
}

async function marksOf(id: string, now: Date) {
  const [row] = await db.execute<{
    last_address: string | null
    last_used_at: string
    uses: number
    hours: number[]
  }>(sql`
    select last_address, last_used_at, ${usesIn24Hours(now)} as uses, uses_by_hour as hours
    from usage_marks where subject_id = ${id}`)
  return row
}

async function reports() {
  return [...(await db.execute<{ replica_id: string; flushed_until: string }>(sql`select * from usage_reports`))]
}

const away = { execute: () => Promise.reject(new Error('the database is away')) } as unknown as typeof db

test('uses gather in memory and are added by one statement, also by two processes', async () => {
  const [a, b] = [aSubject(), aSubject()]
  const [one, other] = [makeUsageReporter(), makeUsageReporter()]
  for (let i = 0; i < 5; i++) one.mark(a, { now: noon, address: '192.0.2.1' })
  one.mark(b, { now: noon, address: null })
  other.mark(a, { now: addMs(noon, 1), address: '192.0.2.2' })
  await Promise.all([one.flush(db), other.flush(db)])
  expect(await marksOf(a, noon)).toMatchObject({ last_address: '192.0.2.2', uses: 6 })
  expect(await marksOf(b, noon)).toMatchObject({ last_address: null, uses: 1 })
})

test('the count of 24 hours moves on with the clock, and late marks fall into their own hour', async () => {
  const subject = aSubject()
  const reporter = makeUsageReporter()
  for (const [hours, uses] of [
    [0, 3],
    [2, 4],
    [1, 5], // of a process that could not write before
    [30, 7],
    [29, 1],
  ] as const) {
    for (let i = 0; i < uses; i++) reporter.mark(subject, { now: addMs(noon, hours * HOUR), address: null })
    await reporter.flush(db)
    if (hours === 1) {
      expect((await marksOf(subject, addMs(noon, 2 * HOUR)))?.hours.slice(0, 4)).toEqual([4, 5, 3, 0])
      expect(await marksOf(subject, addMs(noon, 24 * HOUR))).toMatchObject({ uses: 12 })
      expect(await marksOf(subject, addMs(noon, 25 * HOUR))).toMatchObject({ uses: 9 })
      expect(await marksOf(subject, addMs(noon, 27 * HOUR))).toMatchObject({ uses: 0 })
    }
  }
  expect(await marksOf(subject, addMs(noon, 30 * HOUR))).toMatchObject({ uses: 8 })
  expect((await marksOf(subject, noon))?.hours).toHaveLength(25)
})

test('a mark from before the counted hours changes the last use of nothing', async () => {
  const subject = aSubject()
  const reporter = makeUsageReporter()
  reporter.mark(subject, { now: noon, address: '192.0.2.1' })
  await reporter.flush(db)
  reporter.mark(subject, { now: addMs(noon, -400 * HOUR), address: '192.0.2.9' })
  await reporter.flush(db)
  expect(await marksOf(subject, noon)).toMatchObject({ last_address: '192.0.2.1', uses: 1 })
})

test('marks that cannot be written are kept for the next time, and nothing is reported meanwhile', async () => {
  const subject = aSubject()
  const reporter = makeUsageReporter()
  const before = await reports()
  reporter.mark(subject, { now: addMs(noon, MINUTE), address: '192.0.2.1' })
  await reporter.flush(away)
  expect(await reports()).toEqual(before)
  reporter.mark(subject, { now: noon, address: '192.0.2.2' })
  await reporter.flush(db)
  expect(await marksOf(subject, noon)).toMatchObject({ uses: 2, last_address: '192.0.2.1' })
  expect(await reports()).toHaveLength(before.length + 1)
})

test('a process that stops writes its marks and is waited for no longer; one that cannot write stays', async () => {
  const subject = aSubject()
  const [clean, cut] = [makeUsageReporter(), makeUsageReporter()]
  await Promise.all([clean.flush(db), cut.flush(db)])
  const running = (await reports()).length
  clean.mark(subject, { now: noon, address: null })
  cut.mark(subject, { now: noon, address: null })
  await Promise.all([clean.stop(db), cut.stop(away)])
  expect(await reports()).toHaveLength(running - 1)
  expect(await marksOf(subject, noon)).toMatchObject({ uses: 1 })
})
