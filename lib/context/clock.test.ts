import { afterEach, expect, test, vi } from 'vitest'
import { testDatabase } from '@/db/testing'
import { HOUR } from '@/lib/core/time'
import { clockSkewMs, currentTime, synchronizeClock } from './clock'

const { db } = await testDatabase()
afterEach(() => vi.useRealTimers())

/** The machine's wall clock jumps; the monotonic one, like the database's, goes on. */
function jump(ms: number): void {
  const to = Date.now() + ms
  vi.useFakeTimers({ toFake: ['Date'] })
  vi.setSystemTime(to)
}

test('before the first reading the time is the machine’s', () => {
  delete (globalThis as Record<symbol, unknown>)[Symbol.for('countersign.clock')]
  jump(HOUR)
  expect(currentTime().getTime()).toBe(Date.now())
  expect(clockSkewMs()).toBe(0)
})

test.each([HOUR, -HOUR])(
  'a wall clock that jumps by %i ms moves nothing that is judged by time, and shows as skew',
  async (ms) => {
    await synchronizeClock(db)
    const before = currentTime().getTime()
    jump(ms)
    const moved = currentTime().getTime() - before
    expect(moved).toBeGreaterThanOrEqual(0)
    expect(moved).toBeLessThan(1000)
    expect(Math.round(clockSkewMs() / HOUR)).toBe(1)

    // The next reading, half a second later, changes nothing of that.
    await synchronizeClock(db)
    expect(Math.abs(currentTime().getTime() - before)).toBeLessThan(30_000)
    vi.useRealTimers()
    expect(clockSkewMs()).toBeLessThan(2000)
  },
)

test('the time never runs backwards between two readings, wherever the wall clock goes', async () => {
  await synchronizeClock(db)
  let last = currentTime().getTime()
  for (const ms of [HOUR, -2 * HOUR, 24 * HOUR, -48 * HOUR]) {
    jump(ms)
    const now = currentTime().getTime()
    expect(now).toBeGreaterThanOrEqual(last)
    last = now
    vi.useRealTimers()
  }
})

test('without the database the last reading is carried on', async () => {
  await synchronizeClock(db)
  const before = currentTime().getTime()
  const away = { execute: () => Promise.reject(new Error('away')) } as unknown as typeof db
  await expect(synchronizeClock(away)).rejects.toThrow('away')
  expect(currentTime().getTime() - before).toBeLessThan(1000)
  expect(currentTime().getTime()).toBeGreaterThanOrEqual(before)
})
