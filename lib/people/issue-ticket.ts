import type { Transaction } from '@/db/client'
import { signInTickets } from '@/db/schema/people'
import type { Context } from '@/lib/context/context'
import { newOpaqueToken, sha256 } from '@/lib/core/secrets'
import { addMs, MINUTE } from '@/lib/core/time'

/** Both factors have passed. The ticket is what next-auth's provider turns into a session, once, within a minute. */
export async function issueTicket(
  tx: Transaction,
  ctx: Context,
  proof: { personId: string; amr: string[]; provedBy: string },
): Promise<string> {
  const ticket = newOpaqueToken()
  await tx.insert(signInTickets).values({ ...proof, tokenHash: sha256(ticket), expiresAt: addMs(ctx.now, MINUTE) })
  return ticket
}
