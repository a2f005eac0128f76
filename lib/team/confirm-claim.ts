import { requirePerson, requireStepUp } from '@/lib/access/require'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { env } from '@/lib/env/env'
import { sendMail } from '@/lib/people/send-mail'
import { invitationOver } from './errors'
import { holdInvitation } from './hold-invitation'
import { joinTeam } from './join-team'
import type { ConfirmClaimInput } from './schema'
import * as store from './store'

/**
 * Whoever may give the role lets in the person who opened the link with another address, having seen that address. Names
 * the person, so that the link's being sent again meanwhile lets in nobody else.
 * @throws NotFound, DomainError `permission-required`, `step-up-required`, `invitation-over`, `you-are-member`
 */
export async function confirmClaim(ctx: Context, input: ConfirmClaimInput): Promise<{ applicationId: string }> {
  const { actor } = requirePerson(ctx)

  return ctx.db.transaction(async (tx) => {
    const { application, invitation } = await holdInvitation(tx, ctx, input)
    requireStepUp(ctx)
    const accepted = await store.confirmClaim(tx, invitation.id, input.personId, ctx.now)
    if (!accepted) throw invitationOver(`${input.personId} does not wait for ${invitation.id}`)
    await recordEvent(tx, ctx, {
      action: 'invitation.confirmed',
      customerId: application.customerId,
      applicationId: application.id,
      subjectId: invitation.id,
      personId: input.personId,
      data: { role: accepted.role },
    })
    await joinTeam(tx, ctx, { ...accepted, personId: input.personId, invitedBy: actor.personId })
    const joined = await store.findAddressee(tx, input.personId)
    if (joined) {
      await sendMail(tx, joined, 'invitation-confirmed', {
        application: application.name,
        link: new URL(`/applications/${application.id}`, env().publicUrl).href,
      })
    }
    return { applicationId: application.id }
  })
}
