import { requirePerson, requireStepUp } from '@/lib/access/require'
import { getApplicationFor } from '@/lib/applications/access'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { notFound } from '@/lib/core/errors'
import { env } from '@/lib/env/env'
import { sendMail } from '@/lib/people/send-mail'
import { ownRequest, requestOver } from './errors'
import type { ApprovalInput } from './schema'
import * as store from './store'

/**
 * A second member says yes: who asked may do it, once, within 24 hours.
 * @throws NotFound, DomainError `permission-required`, `own-request`, `step-up-required`, `approval-over`
 */
export async function approveRequest(ctx: Context, input: ApprovalInput): Promise<{ requestId: string }> {
  return decideRequest(ctx, input, 'approved')
}

/** A second member says no. Asking again makes another request. @throws as `approveRequest` */
export async function refuseRequest(ctx: Context, input: ApprovalInput): Promise<{ requestId: string }> {
  return decideRequest(ctx, input, 'refused')
}

async function decideRequest(
  ctx: Context,
  input: ApprovalInput,
  outcome: 'approved' | 'refused',
): Promise<{ requestId: string }> {
  const { personId } = requirePerson(ctx).actor

  return ctx.db.transaction(async (tx) => {
    const request = await store.findOpen(tx, input.requestId, ctx.now)
    if (!request) throw notFound(`no open request ${input.requestId}`)
    const { applicationId, environment } = request
    const application = await getApplicationFor({ ...ctx, db: tx }, { applicationId }, 'four-eyes.approve', environment)
    if (request.requestedBy === personId) throw ownRequest()
    requireStepUp(ctx)
    if (!(await store.decide(tx, request.id, { outcome, by: personId, now: ctx.now }))) {
      throw requestOver('decided meanwhile')
    }
    await recordEvent(tx, ctx, {
      action: outcome === 'approved' ? 'approval.given' : 'approval.refused',
      customerId: application.customerId,
      applicationId,
      environment,
      subjectId: request.id,
      personId: request.requestedBy,
      data: { permission: request.permission, subject: request.subject },
    })
    const asker = await store.findAddressee(tx, request.requestedBy)
    if (asker) {
      await sendMail(tx, asker, outcome === 'approved' ? 'approval-given' : 'approval-refused', {
        application: application.name,
        link: new URL(`/applications/${applicationId}/team`, env().publicUrl).href,
      })
    }
    return { requestId: request.id }
  })
}
