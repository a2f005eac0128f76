import { requirePerson } from '@/lib/access/require'
import type { Context } from '@/lib/context/context'
import { normalizeIban } from '@/lib/core/iban'
import type { Environment } from '@/lib/core/secrets'
import type { Account } from './schema'
import * as store from './store'

/** Spaces and lower case are fine. A person finds accounts of the Customer they act for; the command line finds any. */
export async function findAccountByIban(
  ctx: Context,
  input: { iban: string; environment: Environment },
): Promise<Account | null> {
  const iban = normalizeIban(input.iban)
  if (ctx.actor.kind === 'operator' || ctx.actor.kind === 'system') {
    return store.findByIban(ctx.db, null, iban, input.environment)
  }
  const { actor } = requirePerson(ctx)
  return actor.customerId === null ? null : store.findByIban(ctx.db, actor.customerId, iban, input.environment)
}
