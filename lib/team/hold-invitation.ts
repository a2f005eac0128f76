import type { Transaction } from '@/db/client'
import { holdApplication } from '@/lib/applications/access'
import type { Context } from '@/lib/context/context'
import { notFound } from '@/lib/core/errors'
import { actionToGive } from './give-role'
import type { InvitationInput } from './schema'
import * as store from './store'

/**
 * Holds the application of an unanswered invitation, for who may give its role. The invitation is read after the lock.
 * @throws NotFound, DomainError `permission-required`
 */
export async function holdInvitation(tx: Transaction, ctx: Context, input: InvitationInput) {
  const seen = await store.findInvitation(tx, input.invitationId)
  if (!seen) throw notFound(`no unanswered invitation ${input.invitationId}`)
  const application = await holdApplication(tx, ctx, seen, actionToGive(seen.role))
  const invitation = await store.findInvitation(tx, input.invitationId)
  if (!invitation) throw notFound(`${input.invitationId} was answered or withdrawn meanwhile`)
  return { application, invitation }
}
