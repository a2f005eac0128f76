import { requireOwner } from '@/lib/access/require'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { conflict } from '@/lib/core/errors'
import { newId } from '@/lib/core/ids'
import { holdCustomer } from './hold-customer'
import { newSandboxIban } from './sandbox-iban'
import { type Account, SANDBOX_ACCOUNT_LIMIT } from './schema'
import * as store from './store'

/**
 * One more sandbox account of the Customer that the person owns and acts for. Its IBAN is valid and reaches nobody.
 * @throws DomainError `account-limit-reached`
 */
export async function openAccount(ctx: Context): Promise<Account> {
  const { customerId } = requireOwner(ctx).actor

  return ctx.db.transaction(async (tx) => {
    await holdCustomer(tx, customerId)
    const open = await store.listAccountsOf(tx, customerId)
    if (open.filter(({ environment }) => environment === 'sandbox').length >= SANDBOX_ACCOUNT_LIMIT) {
      throw conflict(
        'account-limit-reached',
        `There are ${SANDBOX_ACCOUNT_LIMIT} sandbox accounts already, the most there can be.`,
      )
    }
    const account = newSandboxAccount(customerId, open.length + 1)
    await store.insertAccount(tx, account)
    await recordEvent(tx, ctx, { action: 'account.opened', environment: 'sandbox', subjectId: account.id })
    return account
  })
}

/** `rank` counts the Customer's accounts, from 1. */
export function newSandboxAccount(customerId: string, rank: number): Account {
  return {
    id: newId('account'),
    customerId,
    environment: 'sandbox',
    iban: newSandboxIban(),
    currency: 'EUR',
    name: rank === 1 ? 'Main account' : `Account ${rank}`,
  }
}
