import { inArray } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { aPerson, aSession } from '@/db/factories'
import { knownDevices, sessions } from '@/db/schema/people'
import { testDatabase } from '@/db/testing'
import { newId } from '@/lib/core/ids'
import { newOpaqueToken, sha256 } from '@/lib/core/secrets'
import { addDays, addMs, SECOND } from '@/lib/core/time'
import { sweepPeople } from './sweep-people'

const { db } = await testDatabase()
const now = new Date()

test('a session stays for 30 days after its end', async () => {
  const person = await aPerson(db)
  const monthAgo = addDays(now, -30)
  const [old, kept] = [addMs(monthAgo, -SECOND), addMs(monthAgo, SECOND)]
  const gone = [
    await aSession(db, person.id, { expiresAt: old }),
    await aSession(db, person.id, { expiresAt: old, revokedAt: addMs(old, -SECOND) }),
  ]
  const there = [
    await aSession(db, person.id, { expiresAt: kept }),
    await aSession(db, person.id, { expiresAt: kept, revokedAt: old }),
    await aSession(db, person.id),
  ]
  await sweepPeople(db, now)
  const ids = [...gone, ...there].map(({ id }) => id)
  const left = await db.select({ id: sessions.id }).from(sessions).where(inArray(sessions.id, ids))
  expect(left.map(({ id }) => id).sort()).toEqual(there.map(({ id }) => id).sort())
})

test('a browser is known for 400 days after the last sign-in', async () => {
  const person = await aPerson(db)
  const row = { personId: person.id, userAgent: 'test' }
  const seen = [addDays(now, -401), addDays(now, -399)]
  const ids = seen.map(() => newId('device'))
  for (const [index, lastSeenAt] of seen.entries()) {
    await db
      .insert(knownDevices)
      .values({ ...row, id: ids[index] as string, tokenHash: sha256(newOpaqueToken()), lastSeenAt })
  }
  await sweepPeople(db, now)
  const left = await db.select({ id: knownDevices.id }).from(knownDevices).where(inArray(knownDevices.id, ids))
  expect(left).toEqual([{ id: ids[1] }])
})
