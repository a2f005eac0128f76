import { requirePerson } from '@/lib/access/require'
import type { Context } from '@/lib/context/context'
import type { Account } from './schema'
import * as store from './store'

/** Open accounts of the Customer that the person acts for; none while they act for nobody. */
export async function listAccounts(ctx: Context): Promise<Account[]> {
  const { actor } = requirePerson(ctx)
  return actor.customerId === null ? [] : store.listAccountsOf(ctx.db, actor.customerId)
}
