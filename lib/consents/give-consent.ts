import type { Transaction } from '@/db/client'
import { requirePerson, STEP_UP_MS } from '@/lib/access/require'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { assert, notFound } from '@/lib/core/errors'
import { newId } from '@/lib/core/ids'
import { addDays, DAY } from '@/lib/core/time'
import { applicationStopped, nothingAllowed, ownerRequired, stepUpRequired } from './errors'
import { notifyOwners } from './notify-owners'
import { CONSENT_DAYS, type GiveConsentInput } from './schema'
import * as store from './store'

/**
 * The person allows an application something for a Customer that they own: in the caller's transaction the one live consent
 * of the four is made, or what was allowed is added to it and its 180 days begin anew. One that has run out, or that
 * holds something now denied, ends with its tokens, and another is made (ADR-0125). Who gives for several Customers in one
 * transaction does so in the order of their ids, so that two such never wait for each other in a circle.
 * @throws NotFound, DomainError `owner-required`, `step-up-required`, `nothing-allowed`, `application-suspended`
 */
export async function giveConsent(
  tx: Transaction,
  ctx: Context,
  input: GiveConsentInput,
): Promise<{ consentId: string }> {
  const { actor } = requirePerson(ctx)
  assert(actor.personId === input.personId, 'nobody consents for another person')
  if (ctx.now.getTime() - input.authTime.getTime() > STEP_UP_MS) throw stepUpRequired()
  const scopes = [...new Set(input.scopes)].sort()
  if (scopes.length === 0 && input.authorizationDetails === null) throw nothingAllowed()

  const role = await store.holdMembership(tx, input.personId, input.customerId)
  if (role === null) throw notFound(`no live membership of ${input.personId} in ${input.customerId}`)
  if (role !== 'owner') throw ownerRequired()
  const before = await endOutlived(tx, ctx, input)
  const given = await store.insertOrRenew(tx, {
    ...input,
    id: newId('consent'),
    scopes,
    expiresAt: addDays(input.authTime, CONSENT_DAYS),
    now: ctx.now,
  })
  if (!given) throw applicationStopped()

  const renewed = before?.id === given.id ? before : null
  const change = changeOf(renewed?.scopes ?? null, given.scopes)
  await recordEvent(tx, ctx, {
    ...ACTIONS[change],
    customerId: input.customerId,
    applicationId: input.applicationId,
    environment: input.environment,
    subjectId: given.id,
    data: { scopes: given.scopes, amr: input.amr },
  })
  const isDaily = renewed !== null && ctx.now.getTime() - renewed.authTime.getTime() < DAY
  // Applications that bring the person every hour would teach them to overlook the mail.
  if (change !== 'renewed' || !isDaily) await notifyOwners(tx, ctx, given.id, change)
  return { consentId: given.id }
}

const ACTIONS = {
  given: { action: 'consent.given' },
  changed: { action: 'consent.changed' },
  renewed: { action: 'consent.renewed' },
} as const

function changeOf(before: string[] | null, after: string[]): keyof typeof ACTIONS {
  if (before === null) return 'given'
  return after.length > before.length ? 'changed' : 'renewed'
}

/** The live consent of the four if it can be added to. One that cannot ends here: its replacement is told of, not its end. */
async function endOutlived(tx: Transaction, ctx: Context, input: GiveConsentInput) {
  const live = await store.findLive(tx, input)
  if (live === null) return null
  const isExpired = live.expiresAt.getTime() <= ctx.now.getTime()
  if (!isExpired && !input.deniedScopes?.some((scope) => live.scopes.includes(scope))) return live
  const reason = isExpired ? 'expired' : 'replaced'
  if (await store.endConsent(tx, { id: live.id, now: ctx.now, by: input.personId, reason })) {
    await recordEvent(tx, ctx, {
      action: 'consent.revoked',
      customerId: input.customerId,
      applicationId: input.applicationId,
      environment: input.environment,
      subjectId: live.id,
      data: { reason },
    })
  }
  return null
}
