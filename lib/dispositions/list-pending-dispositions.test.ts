import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { aCustomer, anApplication, aPerson } from '@/db/factories'
import { dispositions } from '@/db/schema/dispositions'
import { personActor, testContext, testDatabase } from '@/db/testing'
import { newId } from '@/lib/core/ids'
import { addMs, MINUTE } from '@/lib/core/time'
import { listPendingDispositions } from './list-pending-dispositions'

const { db } = await testDatabase()

test('a person sees what they have imported and not decided, soonest end first, and nobody else does', async () => {
  const now = new Date()
  const person = await aPerson(db)
  const application = await anApplication(db, (await aCustomer(db, person.id)).id, { name: 'Shop' })
  const imported = async (minutes: number, status = 'IMPORTED') => {
    const id = newId('disposition')
    await db.insert(dispositions).values({
      id,
      operation: 'connection',
      subjectId: 'CON0000000000',
      applicationId: application.id,
      environment: 'sandbox',
      status,
      offer: {},
      importTokenHash: randomBytes(32),
      importUntil: addMs(now, minutes * MINUTE),
      importedBy: person.id,
      decideUntil: addMs(now, minutes * MINUTE),
      numberWanted: false,
    })
    return id
  }
  const later = await imported(5)
  const sooner = await imported(2)
  await imported(0)
  await imported(5, 'REFUSED')

  const pending = await listPendingDispositions(testContext(db, personActor(person.id), now))
  expect(pending.map(({ id }) => id)).toEqual([sooner, later])
  expect(pending[0]).toMatchObject({ applicationName: 'Shop', environment: 'sandbox', operation: 'connection' })
  const stranger = testContext(db, personActor((await aPerson(db)).id), now)
  expect(await listPendingDispositions(stranger)).toEqual([])
})
