import { isAllowed } from '@/lib/access/permissions'
import { getApplicationFor } from '@/lib/applications/access'
import type { Context } from '@/lib/context/context'
import { notFound } from '@/lib/core/errors'
import { addDays } from '@/lib/core/time'
import { listSecretsSeenBy } from '@/lib/credentials/list-secrets-seen-by'
import type { SeenSecret } from '@/lib/credentials/schema'
import { mayGive } from './give-role'
import {
  type FormerMember,
  INVITATION_DAYS,
  type Invitation,
  type InvitationState,
  type Member,
  type MemberInput,
  SEND_LIMIT,
  type TeamInput,
} from './schema'
import * as store from './store'

/** Everybody with a role; addresses for who manages the team alone. @throws NotFound */
export async function listMembers(ctx: Context, input: TeamInput): Promise<Member[]> {
  const { id, role } = await getApplicationFor(ctx, input, 'team.read')
  const personId = ctx.actor.kind === 'person' ? ctx.actor.personId : null
  return store.listMembers(ctx.db, id, { personId, mayManage: isAllowed(role, 'team.manage') })
}

/** Invitations without an answer, newest first. @throws NotFound, DomainError `permission-required` */
export async function listInvitations(ctx: Context, input: TeamInput): Promise<Invitation[]> {
  const { id } = await getApplicationFor(ctx, input, 'team.manage')
  const rows = await store.listInvitations(ctx.db, id)
  return Promise.all(
    rows.map(async (row) => ({
      id: row.id,
      email: row.email,
      role: row.role,
      state: await stateOf(ctx, id, row),
      invitedBy: row.invitedBy,
      sentAt: addDays(row.expiresAt, -INVITATION_DAYS),
      expiresAt: row.expiresAt,
      canResend: row.sends < SEND_LIMIT,
      claimedBy: row.claimedBy,
    })),
  )
}

async function stateOf(ctx: Context, applicationId: string, row: store.InvitationRow): Promise<InvitationState> {
  if (row.expiresAt <= ctx.now) return 'expired'
  if (row.claimedBy) return 'claimed'
  return (await mayGive(ctx.db, applicationId, row.invitedById, row.role)) ? 'open' : 'void'
}

/** Who was in the team once. @throws NotFound, DomainError `permission-required` */
export async function listFormerMembers(ctx: Context, input: TeamInput): Promise<FormerMember[]> {
  const { id } = await getApplicationFor(ctx, input, 'team.manage')
  return store.listFormerMembers(ctx.db, id)
}

export type WhatTheySaw = { name: string; endedAt: Date | null; secrets: SeenSecret[] }

/**
 * What somebody in the team, now or once, has seen of its live secrets: these are to be replaced when they leave.
 * @throws NotFound, DomainError `permission-required`
 */
export async function listWhatTheySaw(ctx: Context, input: MemberInput): Promise<WhatTheySaw> {
  const { id } = await getApplicationFor(ctx, input, 'team.manage')
  const member = await store.findMember(ctx.db, id, { memberId: input.memberId })
  const person = member && (await store.findAddressee(ctx.db, member.personId))
  if (!member || !person) throw notFound(`no member ${input.memberId} of ${id}`)
  return {
    name: person.name,
    endedAt: member.endedAt,
    secrets: await listSecretsSeenBy(ctx, { applicationId: id, personId: member.personId }),
  }
}
