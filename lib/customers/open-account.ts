import type { Transaction } from '@/db/client'
import { newId } from '@/lib/core/ids'
import { newSandboxIban } from './sandbox-iban'
import type { Account } from './schema'
import * as store from './store'

/** A sandbox account of a Customer, within the transaction that makes the Customer. Its IBAN is valid and reaches nobody. */
export async function openSandboxAccount(
  tx: Transaction,
  customerId: string,
  iban: string = newSandboxIban(),
): Promise<Account> {
  const account: Account = {
    id: newId('account'),
    customerId,
    environment: 'sandbox',
    iban,
    currency: 'EUR',
    name: 'Main account',
  }
  await store.insertAccount(tx, account)
  return account
}
