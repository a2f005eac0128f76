import type { Transaction } from '@/db/client'
import { isOperator } from '@/lib/access/operator'
import { requirePerson } from '@/lib/access/require'
import { actorId, recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { notFound } from '@/lib/core/errors'
import { ownerRequired } from './errors'
import { notifyOwners } from './notify-owners'
import type { ConsentRef, RevokedReason } from './schema'
import { endConsent, findEndable } from './store'

/**
 * Whoever gave it, any owner of its Customer, or an operator takes a consent back. Its tokens are joined to this one row, so
 * all of them are dead with the commit, on every replica. Revoking again changes nothing.
 * @throws NotFound, DomainError `owner-required` for a viewer
 */
export async function revokeConsent(ctx: Context, input: ConsentRef): Promise<void> {
  const personId = isOperator(ctx) ? null : requirePerson(ctx).actor.personId
  await ctx.db.transaction(async (tx) => {
    const row = await findEndable(tx, input.consentId, personId)
    if (!row) throw notFound(`no consent ${input.consentId} for ${personId ?? 'the operator'}`)
    if (row.role === 'viewer' && row.giverId !== personId) throw ownerRequired()
    await endIn(tx, ctx, row, 'withdrawn')
  })
}

type Ending = { id: string; customerId: string; applicationId: string; environment: string }

/**
 * For whatever ends a consent, once it has decided that it may: the row, its audit and the mails, in the caller's
 * transaction. False when it had ended already.
 */
export async function endIn(tx: Transaction, ctx: Context, consent: Ending, reason: RevokedReason): Promise<boolean> {
  if (!(await endConsent(tx, { id: consent.id, now: ctx.now, by: actorId(ctx.actor), reason }))) return false
  await recordEvent(tx, ctx, {
    action: 'consent.revoked',
    customerId: consent.customerId,
    applicationId: consent.applicationId,
    environment: consent.environment,
    subjectId: consent.id,
    data: { reason },
  })
  await notifyOwners(tx, ctx, consent.id, 'revoked')
  return true
}
