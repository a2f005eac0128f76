import type { Transaction } from '@/db/client'
import { proofOf } from '@/lib/access/proof-of'
import { requirePerson, requireStepUp } from '@/lib/access/require'
import { recordEvent } from '@/lib/audit/record-event'
import { giveConsent } from '@/lib/consents/give-consent'
import type { Context, PersonActor } from '@/lib/context/context'
import { invalid } from '@/lib/core/errors'
import { newOpaqueToken, sha256 } from '@/lib/core/secrets'
import { addMs, HOUR, MINUTE } from '@/lib/core/time'
import { type AnswerInput, allowedItems, isAsked } from './answer-input'
import { answerUrl } from './answer-url'
import { FLOW_ID } from './schema'
import * as store from './store'

/** Seed 002: 24 hours. RFC 9700 and FAPI 2.0 §5.3.2.1: at most 60 seconds. */
export const CODE_MS = { flow: 24 * HOUR, standard: MINUTE, pushed: MINUTE }

/**
 * The person's answer to a request that they opened in this browser: consents and a code, or a denial, and the address that
 * tells the application. It is given once, whatever is pressed twice: null where it was given before, it is too late, or
 * the application, its callback or its scopes are no longer what the request was measured by.
 * Who allows and denies each thing has denied it all (contract.md, Family B).
 * @throws DomainError `step-up-required`, `customer-unchosen`, `one-customer-only`, `form-invalid`; NotFound and
 *   `owner-required` for a Customer that the person may not answer for; `application-suspended`. Nothing is answered then.
 */
export async function answerRequest(
  ctx: Context,
  input: AnswerInput & { browserToken: string | null },
): Promise<{ location: string } | null> {
  const acting = requirePerson(ctx)
  if (deniesAll(input)) return ctx.db.transaction((tx) => deny(tx, acting, input))
  requireStepUp(ctx)
  if (input.customerIds.length === 0) throw invalid('customer', 'customer-unchosen', 'Choose for whom you allow it.')
  return ctx.db.transaction((tx) => allow(tx, acting, input))
}

function deniesAll({ decision, items }: AnswerInput): boolean {
  return decision === 'deny' || (decision === 'allow' && items.length === 0)
}

async function deny(
  tx: Transaction,
  ctx: Context<PersonActor>,
  visit: store.Visit,
): Promise<{ location: string } | null> {
  const given = { personId: ctx.actor.personId, answer: 'access_denied', withoutDetails: false, now: ctx.now } as const
  const asked = await store.answer(tx, visit, given)
  if (!asked) return null
  await recordEvent(tx, ctx, {
    action: 'authorization-request.denied',
    applicationId: asked.applicationId,
    environment: asked.environment,
    subjectId: asked.id,
    data: { scopes: asked.scopes },
  })
  // RFC 6749 §4.1.2.1: "The resource owner or authorization server denied the request."
  return { location: answerUrl(callbackOf(asked), { error: 'access_denied' }) }
}

async function allow(
  tx: Transaction,
  ctx: Context<PersonActor>,
  input: AnswerInput & { browserToken: string | null },
): Promise<{ location: string } | null> {
  const withoutDetails = input.decision !== 'allow-all' && !input.items.includes('payment')
  const given = { personId: ctx.actor.personId, answer: 'granted', withoutDetails, now: ctx.now } as const
  const asked = await store.answer(tx, input, given)
  if (!asked) return null
  const items = allowedItems(input, asked)
  if (!items.every((item) => isAsked(item, asked))) throw invalid(undefined, 'form-invalid', 'This was not asked for.')
  const scopes = items.filter((item) => item !== 'payment')
  // A payment is made once: two Customers would each have allowed it.
  if (asked.authorizationDetails && input.customerIds.length > 1) {
    throw invalid('customer', 'one-customer-only', 'Choose one customer: the payment is made once.')
  }
  const consentIds = await giveConsents(tx, ctx, asked, { customerIds: input.customerIds, scopes })
  const proof = proofOf(ctx.actor)
  const code = newOpaqueToken() // RFC 6749 §10.10: 256 random bits
  await store.insertCode(
    tx,
    {
      codeHash: sha256(code),
      requestId: asked.id,
      authTime: proof.at,
      amr: proof.amr,
      expiresAt: addMs(ctx.now, CODE_MS[asked.kind]),
      createdAt: ctx.now,
    },
    consentIds.map((consentId) => ({ consentId, scopes })),
  )
  await recordEvent(tx, ctx, {
    action: 'authorization-request.granted',
    applicationId: asked.applicationId,
    environment: asked.environment,
    subjectId: asked.id,
    data: { scopes, consents: consentIds, denied: asked.scopes.filter((scope) => !isIn(scopes, scope)) },
  })
  return { location: answerUrl(callbackOf(asked), { code }) }
}

/** Their ids, in the order in which the Customers were chosen; given in the order of ids, so that two visits never lock. */
async function giveConsents(
  tx: Transaction,
  ctx: Context<PersonActor>,
  asked: store.VisitedRow,
  allowed: { customerIds: readonly string[]; scopes: string[] },
): Promise<string[]> {
  const proof = proofOf(ctx.actor)
  const consentIds = new Map<string, string>()
  for (const customerId of [...allowed.customerIds].sort()) {
    const { consentId } = await giveConsent(tx, ctx, {
      personId: ctx.actor.personId,
      customerId,
      applicationId: asked.applicationId,
      environment: asked.environment,
      scopes: allowed.scopes,
      deniedScopes: asked.scopes.filter((scope) => !isIn(allowed.scopes, scope)),
      authorizationDetails: asked.authorizationDetails,
      authTime: proof.at,
      amr: proof.amr,
    })
    consentIds.set(customerId, consentId)
  }
  return allowed.customerIds.map((customerId) => consentIds.get(customerId) as string)
}

export function callbackOf({ kind, redirectUri, state }: store.VisitedRow) {
  return { redirectUri, state, flowid: kind === 'flow' ? FLOW_ID : null }
}

function isIn(list: readonly string[], one: string): boolean {
  return list.includes(one)
}
