import { requirePerson, requireStepUp } from '@/lib/access/require'
import { holdApplication } from '@/lib/applications/access'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { newId } from '@/lib/core/ids'
import { addDays } from '@/lib/core/time'
import { env } from '@/lib/env/env'
import { sendMail } from '@/lib/people/send-mail'
import { businessSame, businessUnknown, transferUnderWay } from './errors'
import { type RequestTransferInput, TRANSFER_DAYS } from './schema'
import * as store from './store'

/**
 * An owner offers the application to another business, for seven days. Nothing changes until an owner there accepts.
 * @throws NotFound, DomainError `permission-required`, `step-up-required`, `business-unknown`, `business-same`,
 * `transfer-under-way`
 */
export async function requestTransfer(ctx: Context, input: RequestTransferInput): Promise<{ toName: string }> {
  const { actor } = requirePerson(ctx)

  return ctx.db.transaction(async (tx) => {
    const application = await holdApplication(tx, ctx, input, 'application.transfer')
    requireStepUp(ctx)
    const business = await store.findBusiness(tx, input.businessId)
    if (!business) throw businessUnknown()
    if (business.id === application.customerId) throw businessSame()
    const transfer = {
      id: newId('transfer'),
      applicationId: application.id,
      fromCustomerId: application.customerId,
      toCustomerId: business.id,
      requestedBy: actor.personId,
      expiresAt: addDays(ctx.now, TRANSFER_DAYS),
    }
    if (!(await store.insertTransfer(tx, transfer, ctx.now))) throw transferUnderWay()
    await recordEvent(tx, ctx, {
      action: 'transfer.requested',
      customerId: application.customerId,
      applicationId: application.id,
      subjectId: transfer.id,
      data: { to: business.id },
    })
    for (const owner of await store.listOwners(tx, business.id)) {
      await sendMail(tx, owner, 'transfer-requested', {
        application: application.name,
        from: application.customerName,
        to: business.name,
        link: new URL('/applications', env().publicUrl).href,
      })
    }
    return { toName: business.name }
  })
}
