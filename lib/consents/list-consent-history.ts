import { requirePerson } from '@/lib/access/require'
import { type ListedEvent, listEvents } from '@/lib/audit/list-events'
import type { Context } from '@/lib/context/context'
import { notFound } from '@/lib/core/errors'
import type { ConsentRef } from './schema'
import { findEndable } from './store'

/**
 * What happened to a consent, newest first, for whoever belongs to its Customer, whichever Customer they act for at the
 * moment. @throws NotFound
 */
export async function listConsentHistory(ctx: Context, input: ConsentRef): Promise<ListedEvent[]> {
  const { actor } = requirePerson(ctx)
  const row = await findEndable(ctx.db, input.consentId, actor.personId)
  if (!row) throw notFound(`no consent ${input.consentId} for ${actor.personId}`)
  return listEvents({ ...ctx, actor: { ...actor, customerId: row.customerId } }, { subjectId: row.id })
}
