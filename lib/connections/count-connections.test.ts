import { expect, test } from 'vitest'
import { aCustomer, anAccount, anApplication, aPerson } from '@/db/factories'
import { personActor, testContext, testDatabase } from '@/db/testing'
import { countConnections } from './count-connections'
import { grantConnectionByOperator } from './grant-connection-by-operator'
import { revokeConnection } from './revoke-connection'

const { db } = await testDatabase()
const operator = testContext(db, { kind: 'operator' as const, name: 'command line' })

test('live connections are counted by account, revoked ones and those of other Customers are not', async () => {
  const person = await aPerson(db)
  const customer = await aCustomer(db, person.id)
  const account = await anAccount(db, customer.id)
  const unused = await anAccount(db, customer.id)
  const stranger = await aPerson(db)
  const foreign = await aCustomer(db, stranger.id)
  const { id: applicationId } = await anApplication(db, foreign.id)
  const grant = () => grantConnectionByOperator(operator, { applicationId, iban: account.iban })
  await grant()
  const second = await grant()
  const ctx = testContext(db, personActor(person.id, { customerId: customer.id, role: 'viewer' }))
  expect(await countConnections(ctx)).toEqual(new Map([[account.id, 2]]))
  await revokeConnection(operator, second)
  expect((await countConnections(ctx)).get(account.id)).toBe(1)
  expect((await countConnections(ctx)).get(unused.id)).toBeUndefined()
  expect(await countConnections(testContext(db, personActor(stranger.id, { customerId: foreign.id })))).toEqual(
    new Map(),
  )
  expect(await countConnections(testContext(db, personActor(person.id)))).toEqual(new Map())
})
