import { requirePerson } from '@/lib/access/require'
import type { Context } from '@/lib/context/context'
import { notFound } from '@/lib/core/errors'
import { readDisposition } from './read-disposition'
import type { DispositionRef, InitiatorDisposition } from './schema'
import { findById } from './store'

/** What the initiator's own page shows and polls. Carries neither the import token nor what a grant gives out. */
export async function getDispositionForInitiator(ctx: Context, input: DispositionRef): Promise<InitiatorDisposition> {
  const { personId } = requirePerson(ctx).actor
  const row = await findById(ctx.db, input.id)
  if (!row || row.initiatorId !== personId) throw notFound(`no disposition ${input.id} started by ${personId}`)
  return readDisposition(ctx, row)
}
