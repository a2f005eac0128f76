import { requirePerson } from '@/lib/access/require'
import { holdApplication } from '@/lib/applications/access'
import { listPeopleAllowed } from '@/lib/applications/list-people-allowed'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { notFound } from '@/lib/core/errors'
import { sendMail } from '@/lib/people/send-mail'
import { transferOver } from './errors'
import { holdReceived } from './hold-received'
import type { TransferInput } from './schema'
import * as store from './store'

/**
 * An owner takes the offer back. No step-up: what is taken back leaves everything as it is.
 * @throws NotFound, DomainError `permission-required`, `transfer-over`
 */
export async function cancelTransfer(ctx: Context, input: TransferInput): Promise<{ transferId: string }> {
  const { actor } = requirePerson(ctx)

  return ctx.db.transaction(async (tx) => {
    const transfer = await store.findOpen(tx, input.transferId, ctx.now)
    if (!transfer) throw notFound(`no open transfer ${input.transferId}`)
    const application = await holdApplication(tx, ctx, transfer, 'application.transfer')
    const decision = { outcome: 'cancelled' as const, by: actor.personId, now: ctx.now }
    if (!(await store.decide(tx, transfer.id, decision))) throw transferOver('decided meanwhile')
    await recordEvent(tx, ctx, {
      action: 'transfer.cancelled',
      customerId: application.customerId,
      applicationId: application.id,
      subjectId: transfer.id,
    })
    return { transferId: transfer.id }
  })
}

/**
 * An owner of the business that it is offered to does not want it.
 * @throws NotFound, DomainError `owner-required`, `step-up-required`, `transfer-over`
 */
export async function refuseTransfer(ctx: Context, input: TransferInput): Promise<{ transferId: string }> {
  return ctx.db.transaction(async (tx) => {
    const { actor, transfer } = await holdReceived(tx, ctx, input)
    const decision = { outcome: 'refused' as const, by: actor.personId, now: ctx.now }
    if (!(await store.decide(tx, transfer.id, decision))) throw transferOver('decided meanwhile')
    await recordEvent(tx, ctx, {
      action: 'transfer.refused',
      customerId: transfer.fromCustomerId,
      applicationId: transfer.applicationId,
      subjectId: transfer.id,
    })
    for (const owner of await listPeopleAllowed(tx, transfer.applicationId, 'application.transfer')) {
      await sendMail(tx, owner, 'transfer-refused', { application: transfer.applicationName })
    }
    return { transferId: transfer.id }
  })
}
