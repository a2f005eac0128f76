import { z } from 'zod'
import { APPLICATION_ROLES, type ApplicationRole } from '@/lib/access/permissions'
import { EmailInput } from '@/lib/people/schema'

/** People in a team and open invitations together. */
export const TEAM_LIMIT = 100
/** Invitations of one application that wait for an answer. */
export const OPEN_INVITATION_LIMIT = 20
/** Invitations of one application in 24 hours, withdrawn ones included: what it may do to strangers' mailboxes. */
export const INVITATIONS_A_DAY = 40
/** How often the link of one invitation is sent. */
export const SEND_LIMIT = 5
/** Mails of invitations to one address in 24 hours, whoever sends them and for whichever application; resends included. */
export const SENDS_TO_ADDRESS_A_DAY = 5
/** Mails of invitations by one person in 24 hours, for whichever application; resends included. */
export const SENDS_BY_PERSON_A_DAY = 50
export const INVITATION_DAYS = 7

const Id = z.string().regex(/^\w{1,64}$/, 'This is not an id.')
const Role = z.enum(APPLICATION_ROLES, { error: 'Choose a role.' })

export const InviteMemberInput = z.object({ applicationId: Id, email: EmailInput.shape.email, role: Role })
export type InviteMemberInput = z.infer<typeof InviteMemberInput>

export const InvitationInput = z.object({ invitationId: Id })
export type InvitationInput = z.infer<typeof InvitationInput>

export const InvitationLinkInput = z.object({ token: z.string().max(200) })
export type InvitationLinkInput = z.infer<typeof InvitationLinkInput>

/** By the link, or, for who has the address that it was sent to, without. */
export const AcceptInvitationInput = z.union([InvitationLinkInput, InvitationInput])
export type AcceptInvitationInput = z.infer<typeof AcceptInvitationInput>

/** `personId`: whose address was shown to the inviter, so that nobody else is let in. */
export const ConfirmClaimInput = z.object({ invitationId: Id, personId: Id })
export type ConfirmClaimInput = z.infer<typeof ConfirmClaimInput>

export const MemberInput = z.object({ applicationId: Id, memberId: Id })
export type MemberInput = z.infer<typeof MemberInput>

export const ChangeRoleInput = z.object({ applicationId: Id, memberId: Id, role: Role })
export type ChangeRoleInput = z.infer<typeof ChangeRoleInput>

export const TeamInput = z.object({ applicationId: Id })
export type TeamInput = z.infer<typeof TeamInput>

export type Member = {
  /** Null: by their business, whose team is not kept here. */
  memberId: string | null
  personId: string
  name: string
  /** For who manages the team; null for everybody else. */
  email: string | null
  role: ApplicationRole
  since: Date
  isYou: boolean
}

export type FormerMember = {
  memberId: string
  name: string
  role: ApplicationRole
  since: Date
  until: Date
  left: boolean
}

/** `void`: whoever sent it may not invite any more. */
export const INVITATION_STATES = ['open', 'claimed', 'expired', 'void'] as const
export type InvitationState = (typeof INVITATION_STATES)[number]

export type Invitation = {
  id: string
  email: string
  role: ApplicationRole
  state: InvitationState
  invitedBy: string
  sentAt: Date
  expiresAt: Date
  canResend: boolean
  /** Who opened it with another address. */
  claimedBy: { personId: string; name: string; email: string } | null
}

/** What whoever holds the link, or the address, may know. */
export type ReceivedInvitation = {
  id: string
  applicationName: string
  customerName: string
  invitedBy: string
  role: ApplicationRole
  email: string
  expiresAt: Date
  /** The person who asks has opened it with another address, and waits. */
  isClaimed: boolean
}

export type AcceptedInvitation =
  | { outcome: 'joined'; applicationId: string }
  /** The inviter has to confirm the other address. */
  | { outcome: 'claimed' }
