import { proofOf } from '@/lib/access/proof-of'
import { requirePerson, requireStepUp } from '@/lib/access/require'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { notFound } from '@/lib/core/errors'
import { addDays } from '@/lib/core/time'
import { consentOver, giverRequired, ownerRequired } from './errors'
import { notifyOwners } from './notify-owners'
import { CONSENT_DAYS, type ConsentRef } from './schema'
import * as store from './store'

/**
 * Whoever gave it proves again who they are, and its 180 days begin anew: consent and tokens stay. Nobody renews for another:
 * the SCA is theirs. One that has run out cannot be renewed; the application asks anew (ADR-0125).
 * @throws NotFound, DomainError `giver-required`, `owner-required`, `step-up-required`, `consent-over`
 */
export async function renewConsent(ctx: Context, input: ConsentRef): Promise<{ consentId: string; expiresAt: Date }> {
  const own = requirePerson(ctx)
  const { personId } = own.actor
  return ctx.db.transaction(async (tx) => {
    const row = await store.findEndable(tx, input.consentId, personId)
    if (!row) throw notFound(`no consent ${input.consentId} for ${personId}`)
    if (row.giverId !== personId) throw giverRequired()
    if ((await store.holdMembership(tx, personId, row.customerId)) !== 'owner') throw ownerRequired()
    requireStepUp(ctx)
    const { at: authTime, amr } = proofOf(own.actor)
    const expiresAt = addDays(authTime, CONSENT_DAYS)
    const renewed = await store.renew(tx, { id: row.id, personId, now: ctx.now, authTime, amr, expiresAt })
    if (!renewed) throw consentOver()
    await recordEvent(tx, ctx, {
      action: 'consent.renewed',
      customerId: row.customerId,
      applicationId: row.applicationId,
      environment: row.environment,
      subjectId: row.id,
      data: { amr },
    })
    await notifyOwners(tx, ctx, row.id, 'renewed')
    return { consentId: row.id, expiresAt }
  })
}
