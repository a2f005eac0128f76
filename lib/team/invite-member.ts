import type { Transaction } from '@/db/client'
import { APPLICATION_ROLE_WORDS, type ApplicationRole } from '@/lib/access/permissions'
import { requirePerson, requireStepUp } from '@/lib/access/require'
import { holdApplication } from '@/lib/applications/access'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { assert } from '@/lib/core/errors'
import { newId } from '@/lib/core/ids'
import { newOpaqueToken } from '@/lib/core/secrets'
import { addDays } from '@/lib/core/time'
import { linkTo } from '@/lib/people/send-confirmation-link'
import { sendMail } from '@/lib/people/send-mail'
import { countSend } from './count-send'
import { alreadyMember, invitationExists, invitationLimitReached } from './errors'
import { actionToGive } from './give-role'
import { INVITATION_DAYS, type InviteMemberInput } from './schema'
import * as store from './store'

/**
 * Offers an address a place in the team: a link, single use, for seven days. Nothing tells whether somebody has that
 * address already.
 * @throws NotFound, DomainError `permission-required`, `step-up-required`, `already-member`, `invitation-exists`,
 * `invitation-limit-reached`, `sends-of-day-reached`
 */
export async function inviteMember(ctx: Context, input: InviteMemberInput): Promise<{ email: string }> {
  const { actor } = requirePerson(ctx)
  const { email, role } = input

  return ctx.db.transaction(async (tx) => {
    const application = await holdApplication(tx, ctx, input, actionToGive(role))
    requireStepUp(ctx)
    if (await store.hasMemberWith(tx, application.id, email)) throw alreadyMember()
    const invitation = {
      id: newId('invitation'),
      applicationId: application.id,
      email,
      role,
      token: newOpaqueToken(),
      invitedBy: actor.personId,
      expiresAt: addDays(ctx.now, INVITATION_DAYS),
    }
    const outcome = await store.insertInvitation(tx, invitation, ctx.now)
    if (outcome === 'exists') throw invitationExists()
    if (outcome !== 'sent') throw invitationLimitReached(outcome)
    await countSend(tx, invitation, ctx.now)
    await sendInvitation(tx, { ...invitation, application })
    await recordEvent(tx, ctx, {
      action: 'invitation.sent',
      customerId: application.customerId,
      applicationId: application.id,
      subjectId: invitation.id,
      data: { role },
    })
    return { email }
  })
}

type Letter = {
  email: string
  role: ApplicationRole
  token: string
  invitedBy: string
  application: { name: string; customerName: string }
}

/** In the inviter's language: of the address nothing is known yet. */
export async function sendInvitation(tx: Transaction, letter: Letter): Promise<void> {
  const inviter = await store.findAddressee(tx, letter.invitedBy)
  assert(inviter, 'who invites is a person')
  await sendMail(tx, { email: letter.email, name: '', locale: inviter.locale }, 'invitation', {
    inviter: inviter.name,
    application: letter.application.name,
    owner: letter.application.customerName,
    role: APPLICATION_ROLE_WORDS[letter.role].label,
    link: linkTo('/invitations', letter.token),
  })
}
