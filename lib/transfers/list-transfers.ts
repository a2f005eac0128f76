import { requirePerson } from '@/lib/access/require'
import { getApplicationFor } from '@/lib/applications/access'
import type { ApplicationInput } from '@/lib/applications/schema'
import type { Context } from '@/lib/context/context'
import type { OfferedTransfer, ReceivedTransfer } from './schema'
import * as store from './store'

/** The open offer of an application, for its owners. @throws NotFound, DomainError `permission-required` */
export async function findOfferedTransfer(ctx: Context, input: ApplicationInput): Promise<OfferedTransfer | null> {
  const { id } = await getApplicationFor(ctx, input, 'application.transfer')
  return store.findOffered(ctx.db, id, ctx.now)
}

/** What is offered to the business that the person acts for as its owner; nothing to anybody else. */
export async function listReceivedTransfers(ctx: Context): Promise<ReceivedTransfer[]> {
  const { customerId, personId } = requirePerson(ctx).actor
  return customerId === null ? [] : store.listReceived(ctx.db, { customerId, personId }, ctx.now)
}
