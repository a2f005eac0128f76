import type { Transaction } from '@/db/client'
import { holdCustomer } from '@/lib/customers/hold-customer'
import { applicationLimitReached } from './errors'
import { APPLICATION_LIMIT } from './schema'
import * as store from './store'

/**
 * One more application of this business fits, until the transaction ends (ADR-0040).
 * @throws DomainError `application-limit-reached`
 */
export async function requireRoom(tx: Transaction, customerId: string): Promise<void> {
  await holdCustomer(tx, customerId)
  if ((await store.countOfBusiness(tx, customerId)) >= APPLICATION_LIMIT) throw applicationLimitReached()
}
