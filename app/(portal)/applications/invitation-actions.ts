'use server'

import { formAction } from '@/lib/http/form-action'
import { acceptInvitation } from '@/lib/team/accept-invitation'
import { declineInvitation } from '@/lib/team/decline-invitation'
import { AcceptInvitationInput, InvitationInput } from '@/lib/team/schema'

export const acceptInvitationAction = formAction(AcceptInvitationInput, acceptInvitation, {
  area: 'portal',
  onDone: (accepted) => (accepted.outcome === 'joined' ? `/applications/${accepted.applicationId}` : undefined),
})

export const declineInvitationAction = formAction(InvitationInput, declineInvitation, { area: 'portal' })
