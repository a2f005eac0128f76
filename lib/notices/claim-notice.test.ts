import { describe, expect, test } from 'vitest'
import { connectReplica, testDatabase } from '@/db/testing'
import { addDays } from '@/lib/core/time'
import { claimNotice, type Notice } from './claim-notice'

const { db, url } = await testDatabase()
const now = new Date('2026-03-01T10:00:00Z')
let counter = 0

function aNotice(values: Partial<Notice> = {}): Notice {
  counter += 1
  return { subjectId: `sec_${counter}`, kind: 'ending', threshold: 7, endsAt: addDays(now, 7), now, ...values }
}

describe('claimNotice', () => {
  test('of twenty claims by two replicas at once, one is granted', async () => {
    const replica = await connectReplica(url)
    const notice = aNotice()
    const claims = await Promise.all(
      Array.from({ length: 20 }, (_, n) => (n % 2 ? db : replica.db).transaction((tx) => claimNotice(tx, notice))),
    )
    await replica.close()
    expect(claims.filter(Boolean)).toHaveLength(1)
  })

  test('a claim that is rolled back leaves the notice to the next', async () => {
    const notice = aNotice()
    const failing = db.transaction(async (tx) => {
      expect(await claimNotice(tx, notice)).toBe(true)
      throw new Error('the mail could not be enqueued')
    })
    await expect(failing).rejects.toThrow('could not be enqueued')
    expect(await db.transaction((tx) => claimNotice(tx, notice))).toBe(true)
    expect(await db.transaction((tx) => claimNotice(tx, notice))).toBe(false)
  })

  test('another subject, kind, threshold or end is another notice', async () => {
    const notice = aNotice()
    const others = [
      notice,
      { ...notice, subjectId: 'sec_other' },
      { ...notice, kind: 'in-use' },
      { ...notice, threshold: 1 },
      { ...notice, endsAt: addDays(now, 30) },
    ]
    for (const other of others) expect(await db.transaction((tx) => claimNotice(tx, other))).toBe(true)
    for (const other of others) expect(await db.transaction((tx) => claimNotice(tx, other))).toBe(false)
  })
})
