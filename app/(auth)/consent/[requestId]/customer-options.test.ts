import { expect, test } from 'vitest'
import { customerOptions } from './customer-options'

const customer = (id: string, role: 'owner' | 'viewer') =>
  ({ id, name: id, kind: 'business', role, nameVerified: false }) as const
const account = (customerId: string, name: string) =>
  ({ id: name, customerId, environment: 'sandbox', iban: name, currency: 'EUR', name }) as const

test('only customers that the person owns and that have an account can be chosen; the others come after, with the reason', () => {
  const customers = [customer('seen', 'viewer'), customer('bare', 'owner'), customer('own', 'owner')]
  const options = customerOptions(customers, [account('own', 'one'), account('own', 'two')])
  expect(options.map(({ id, barrier }) => [id, barrier])).toEqual([
    ['own', null],
    ['seen', 'viewer'],
    ['bare', 'no-account'],
  ])
  expect(options[0]?.accounts.map(({ name }) => name)).toEqual(['one', 'two'])
})
