import { requirePerson, requireStepUp } from '@/lib/access/require'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { newOpaqueToken } from '@/lib/core/secrets'
import { addDays } from '@/lib/core/time'
import { countSend } from './count-send'
import { sendLimitReached } from './errors'
import { holdInvitation } from './hold-invitation'
import { sendInvitation } from './invite-member'
import { INVITATION_DAYS, type InvitationInput } from './schema'
import * as store from './store'

/**
 * A new link, for seven more days and in the name of who sends it; the one before is dead. Also for one that has expired.
 * @throws NotFound, DomainError `permission-required`, `step-up-required`, `send-limit-reached`, `sends-of-day-reached`
 */
export async function resendInvitation(ctx: Context, input: InvitationInput): Promise<{ email: string }> {
  const { actor } = requirePerson(ctx)

  return ctx.db.transaction(async (tx) => {
    const { application, invitation } = await holdInvitation(tx, ctx, input)
    requireStepUp(ctx)
    const token = newOpaqueToken()
    const renewed = {
      id: invitation.id,
      token,
      invitedBy: actor.personId,
      expiresAt: addDays(ctx.now, INVITATION_DAYS),
    }
    if (!(await store.renewInvitation(tx, renewed))) throw sendLimitReached()
    await countSend(tx, { ...invitation, ...renewed }, ctx.now)
    await sendInvitation(tx, { ...invitation, ...renewed, application })
    await recordEvent(tx, ctx, {
      action: 'invitation.resent',
      customerId: application.customerId,
      applicationId: application.id,
      subjectId: invitation.id,
      data: { role: invitation.role },
    })
    return { email: invitation.email }
  })
}
