import { requirePerson } from '@/lib/access/require'
import type { Context } from '@/lib/context/context'
import { isOpaqueToken } from '@/lib/core/secrets'
import { mayGive } from './give-role'
import type { ReceivedInvitation } from './schema'
import * as store from './store'

/**
 * What the holder of a link is shown before they answer, or while they wait for the inviter; null, alike, for everything
 * that opens nothing.
 */
export async function findInvitation(ctx: Context, input: { token: string }): Promise<ReceivedInvitation | null> {
  if (!isOpaqueToken(input.token)) return null
  const personId = ctx.actor.kind === 'person' ? ctx.actor.personId : null
  const [open] = await received(ctx, { token: input.token, personId })
  return open ?? null
}

/** Open invitations to the person's own confirmed address: these need no link. */
export async function listReceivedInvitations(ctx: Context): Promise<ReceivedInvitation[]> {
  return received(ctx, { personId: requirePerson(ctx).actor.personId })
}

async function received(ctx: Context, by: { token?: string; personId: string | null }): Promise<ReceivedInvitation[]> {
  const found = await store.listReceived(ctx.db, by, ctx.now)
  const standing = await Promise.all(
    found.map(({ applicationId, invitedById, role }) => mayGive(ctx.db, applicationId, invitedById, role)),
  )
  return found
    .filter((_, index) => standing[index])
    .map(({ applicationId: _application, invitedById: _inviter, ...shown }) => shown)
}
