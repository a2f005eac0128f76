import type { Transaction } from '@/db/client'
import type { Context } from '@/lib/context/context'
import { endIn } from './revoke-consent'
import { listUnended } from './store'

/**
 * Leaving a Customer ends the consents that the person gave for it (security.md, Tokens and revocation), in the transaction
 * that ends the membership and holds its row: one given at the same moment is given before, and ends, or not at all.
 * Returns how many ended.
 */
export async function endConsentsOfMember(
  tx: Transaction,
  ctx: Context,
  member: { personId: string; customerId: string },
): Promise<number> {
  let ended = 0
  for (const row of await listUnended(tx, member.personId, member.customerId)) {
    if (await endIn(tx, ctx, row, 'left')) ended += 1
  }
  return ended
}
