'use server'

import { approveRequest, refuseRequest } from '@/lib/approvals/decide-approval'
import { ApprovalInput, SetFourEyesInput } from '@/lib/approvals/schema'
import { setFourEyes } from '@/lib/approvals/set-four-eyes'
import { formAction } from '@/lib/http/form-action'
import { changeRole } from '@/lib/team/change-role'
import { confirmClaim } from '@/lib/team/confirm-claim'
import { inviteMember } from '@/lib/team/invite-member'
import { leaveApplication, removeMember } from '@/lib/team/remove-member'
import { resendInvitation } from '@/lib/team/resend-invitation'
import {
  ChangeRoleInput,
  ConfirmClaimInput,
  InvitationInput,
  InviteMemberInput,
  MemberInput,
  TeamInput,
} from '@/lib/team/schema'
import { withdrawInvitation } from '@/lib/team/withdraw-invitation'

export const inviteMemberAction = formAction(InviteMemberInput, inviteMember, { area: 'portal' })

export const resendInvitationAction = formAction(InvitationInput, resendInvitation, { area: 'portal' })

export const withdrawInvitationAction = formAction(InvitationInput, withdrawInvitation, { area: 'portal' })

export const confirmClaimAction = formAction(ConfirmClaimInput, confirmClaim, { area: 'portal' })

export const changeRoleAction = formAction(ChangeRoleInput, changeRole, { area: 'portal' })

export const removeMemberAction = formAction(MemberInput, removeMember, { area: 'portal' })

export const leaveApplicationAction = formAction(TeamInput, leaveApplication, {
  area: 'portal',
  onDone: () => '/applications',
})

export const approveRequestAction = formAction(ApprovalInput, approveRequest, { area: 'portal' })

export const refuseRequestAction = formAction(ApprovalInput, refuseRequest, { area: 'portal' })

export const setFourEyesAction = formAction(SetFourEyesInput, setFourEyes, { area: 'portal' })
