import { requireOperator } from '@/lib/access/operator'
import type { Context } from '@/lib/context/context'
import { DomainError } from '@/lib/core/errors'
import * as store from './store'

/**
 * For operators: the business that the person with this address owns, by its name where there are several.
 * @throws DomainError `business-missing`, `business-ambiguous` (the message lists their names)
 */
export async function getOwnedBusiness(
  ctx: Context,
  input: { ownerEmail: string; name?: string },
): Promise<{ id: string; name: string }> {
  requireOperator(ctx)
  const owned = await store.listOwnedBusinesses(ctx.db, input.ownerEmail)
  const found = input.name === undefined ? owned : owned.filter(({ name }) => name === input.name)
  const [first, ...others] = found
  if (!first) {
    const which = input.name === undefined ? 'a business' : `a business named “${input.name}”`
    throw new DomainError('not-found', 'business-missing', `${input.ownerEmail} does not own ${which}.`)
  }
  if (others.length > 0) {
    const names = found.map(({ name }) => `“${name}”`).join(', ')
    throw new DomainError(
      'conflict',
      'business-ambiguous',
      `${input.ownerEmail} owns ${names}. Say which: --customer NAME.`,
    )
  }
  return first
}
