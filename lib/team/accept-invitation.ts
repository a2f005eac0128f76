import type { Transaction } from '@/db/client'
import { requirePerson } from '@/lib/access/require'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { isOpaqueToken } from '@/lib/core/secrets'
import { env } from '@/lib/env/env'
import { sendMail } from '@/lib/people/send-mail'
import { invitationOver, youAreMember } from './errors'
import { mayGive } from './give-role'
import { joinTeam } from './join-team'
import type { AcceptedInvitation, AcceptInvitationInput } from './schema'
import * as store from './store'

/**
 * The person to whose confirmed address it was sent joins the team; they need no link. Somebody with another address who
 * opened the link waits for the inviter, and the link is used up. Of two at once one gets it.
 * @throws DomainError `invitation-over`, alike for links that are unknown, used, withdrawn or too old, and for one whose
 * sender may not invite any more; `you-are-member`
 */
export async function acceptInvitation(ctx: Context, input: AcceptInvitationInput): Promise<AcceptedInvitation> {
  const { personId } = requirePerson(ctx).actor
  if ('token' in input && !isOpaqueToken(input.token)) throw invitationOver('not a link of ours')

  return ctx.db.transaction(async (tx) => {
    const accepted = await store.acceptInvitation(tx, input, personId, ctx.now)
    if (accepted) {
      await requireStanding(tx, accepted)
      await joinTeam(tx, ctx, { ...accepted, personId })
      return { outcome: 'joined', applicationId: accepted.applicationId }
    }
    const claimed = 'token' in input ? await store.claimInvitation(tx, input.token, personId, ctx.now) : null
    if (!claimed) throw invitationOver('unknown, used, withdrawn or too old')
    await requireStanding(tx, claimed)
    if (await store.findMember(tx, claimed.applicationId, { personId })) throw youAreMember()
    await tellInviter(tx, claimed, personId)
    await recordEvent(tx, ctx, {
      action: 'invitation.claimed',
      customerId: await store.customerOf(tx, claimed.applicationId),
      applicationId: claimed.applicationId,
      subjectId: claimed.id,
      data: { role: claimed.role },
    })
    return { outcome: 'claimed' }
  })
}

async function requireStanding(tx: Transaction, invitation: store.TakenInvitation): Promise<void> {
  const { applicationId, invitedBy, role } = invitation
  if (!(await mayGive(tx, applicationId, invitedBy, role))) throw invitationOver(`${invitedBy} may not invite any more`)
}

async function tellInviter(tx: Transaction, claimed: store.TakenInvitation, personId: string): Promise<void> {
  const inviter = await store.findAddressee(tx, claimed.invitedBy)
  const claimer = await store.findAddressee(tx, personId)
  if (!inviter || !claimer) return
  await sendMail(tx, inviter, 'invitation-claimed', {
    person: claimer.name,
    email: claimer.email,
    link: new URL(`/applications/${claimed.applicationId}/team`, env().publicUrl).href,
  })
}
