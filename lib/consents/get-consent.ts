import { requirePerson } from '@/lib/access/require'
import type { Context } from '@/lib/context/context'
import { notFound } from '@/lib/core/errors'
import { findSeenBy } from './read-store'
import type { ConsentRef, OwnedConsent } from './schema'

/** @throws NotFound, alike for one that is missing and one of a Customer that the person does not belong to */
export async function getConsent(ctx: Context, input: ConsentRef): Promise<OwnedConsent> {
  const { personId } = requirePerson(ctx).actor
  const consent = await findSeenBy(ctx.db, personId, input.consentId, ctx.now)
  if (!consent) throw notFound(`no consent ${input.consentId} for ${personId}`)
  return consent
}
