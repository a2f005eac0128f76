import { requirePerson } from '@/lib/access/require'
import type { Context } from '@/lib/context/context'
import type { Environment } from '@/lib/core/secrets'
import type { Account } from './schema'
import * as store from './store'

/** Open accounts of every Customer of which the person is an owner: those that they may grant something on. */
export async function listOwnedAccounts(
  ctx: Context,
  input: { environment: Environment },
): Promise<(Account & { customerName: string })[]> {
  const { actor } = requirePerson(ctx)
  return store.listOwnedBy(ctx.db, actor.personId, input.environment)
}
