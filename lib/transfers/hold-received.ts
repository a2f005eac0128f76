import type { Transaction } from '@/db/client'
import { requireOwner, requireStepUp } from '@/lib/access/require'
import type { Context, PersonActor } from '@/lib/context/context'
import { notFound } from '@/lib/core/errors'
import type { TransferInput } from './schema'
import * as store from './store'

/**
 * Holds the application of an open transfer, for an owner of the business that it is offered to, who acts for it.
 * @throws NotFound, DomainError `owner-required`, `step-up-required`
 */
export async function holdReceived(
  tx: Transaction,
  ctx: Context,
  input: TransferInput,
): Promise<{ actor: PersonActor; transfer: store.OpenTransfer }> {
  const { actor } = requireOwner(ctx)
  const transfer = await store.findOpen(tx, input.transferId, ctx.now)
  const owners = transfer?.toCustomerId === actor.customerId ? await store.listOwners(tx, actor.customerId) : []
  if (!transfer || !owners.some(({ personId }) => personId === actor.personId)) {
    throw notFound(`no open transfer ${input.transferId} to ${actor.customerId}`)
  }
  requireStepUp(ctx)
  await store.lockApplication(tx, transfer.applicationId)
  return { actor, transfer }
}
