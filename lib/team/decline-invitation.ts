import { requirePerson } from '@/lib/access/require'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { invitationOver } from './errors'
import type { InvitationInput } from './schema'
import * as store from './store'

/** By the person who has the address. @throws DomainError `invitation-over` */
export async function declineInvitation(ctx: Context, input: InvitationInput): Promise<{ invitationId: string }> {
  const { actor } = requirePerson(ctx)

  return ctx.db.transaction(async (tx) => {
    const declined = await store.declineInvitation(tx, input.invitationId, actor.personId, ctx.now)
    if (!declined) throw invitationOver(`${input.invitationId} is not open for ${actor.personId}`)
    await recordEvent(tx, ctx, {
      action: 'invitation.declined',
      customerId: await store.customerOf(tx, declined.applicationId),
      applicationId: declined.applicationId,
      subjectId: declined.id,
    })
    return { invitationId: declined.id }
  })
}
