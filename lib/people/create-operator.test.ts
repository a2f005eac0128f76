import { eq } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { aPerson } from '@/db/factories'
import { auditEvents } from '@/db/schema/partitioned'
import { people } from '@/db/schema/people'
import { personActor, testContext, testDatabase } from '@/db/testing'
import { createOperator } from './create-operator'
import { verifyPassword } from './password'

const { db } = await testDatabase()
const ctx = testContext(db, { kind: 'operator' as const, name: 'command line' })

async function rowOf(id: string) {
  const [row] = await db.select().from(people).where(eq(people.id, id))
  return row
}

test('a new operator gets a password, told once, and one audit row even when made twice at once', async () => {
  const email = 'Staff@example.test'
  const made = await Promise.all([createOperator(ctx, { email }), createOperator(ctx, { email: email.toLowerCase() })])
  const passwords = made.flatMap(({ password }) => password ?? [])
  expect(passwords).toHaveLength(1)
  const personId = made[0].personId
  expect(made[1].personId).toBe(personId)
  const row = await rowOf(personId)
  expect(row?.operatorSince).not.toBeNull()
  expect(await verifyPassword(row?.passwordHash ?? null, passwords[0] as string)).toBe(true)
  const events = await db.select().from(auditEvents).where(eq(auditEvents.subjectId, personId))
  expect(events.map(({ action }) => action)).toEqual(['operator.created'])
  expect(JSON.stringify(events[0]?.data)).not.toContain(passwords[0])
})

test('somebody who is there already keeps their password', async () => {
  const person = await aPerson(db, { passwordHash: 'own' })
  expect(await createOperator(ctx, { email: person.email.toUpperCase() })).toEqual({
    personId: person.id,
    email: person.email,
    password: null,
  })
  expect(await rowOf(person.id)).toMatchObject({ passwordHash: 'own', operatorSince: ctx.now })
})

test('only an operator makes operators', async () => {
  const stranger = testContext(db, personActor((await aPerson(db)).id))
  await expect(createOperator(stranger, { email: 'x@example.test' })).rejects.toMatchObject({
    reason: 'operator-required',
  })
})
