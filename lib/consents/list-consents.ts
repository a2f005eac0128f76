import { requirePerson } from '@/lib/access/require'
import type { Context } from '@/lib/context/context'
import { listSeenBy } from './read-store'
import type { OwnedConsent, Page } from './schema'

/** Consents given for every Customer that the person belongs to, newest first: those that count, or those that are over. */
export async function listConsents(ctx: Context, input: { ended: boolean; page: number }): Promise<Page<OwnedConsent>> {
  return listSeenBy(ctx.db, requirePerson(ctx).actor.personId, input, ctx.now)
}
