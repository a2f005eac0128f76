import { requirePerson, requireStepUp } from '@/lib/access/require'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { notFound } from '@/lib/core/errors'
import { holdInvitation } from './hold-invitation'
import type { InvitationInput } from './schema'
import * as store from './store'

/**
 * Its link is dead with the commit, and so is a claim that waits. One that was accepted at the same moment is missing: who
 * came in is a member then, and can be removed.
 * @throws NotFound, DomainError `permission-required`, `step-up-required`
 */
export async function withdrawInvitation(ctx: Context, input: InvitationInput): Promise<{ email: string }> {
  const { actor } = requirePerson(ctx)

  return ctx.db.transaction(async (tx) => {
    const { application, invitation } = await holdInvitation(tx, ctx, input)
    requireStepUp(ctx)
    if (!(await store.withdrawInvitation(tx, invitation.id, actor.personId, ctx.now))) {
      throw notFound(`${invitation.id} was answered meanwhile`)
    }
    await recordEvent(tx, ctx, {
      action: 'invitation.withdrawn',
      customerId: application.customerId,
      applicationId: application.id,
      subjectId: invitation.id,
    })
    return { email: invitation.email }
  })
}
