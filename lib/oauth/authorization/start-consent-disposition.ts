import { requirePerson } from '@/lib/access/require'
import type { Context } from '@/lib/context/context'
import { conflict, invalid, notFound } from '@/lib/core/errors'
import { listCustomers } from '@/lib/customers/list-customers'
import { offerDisposition } from '@/lib/dispositions/offer-disposition'
import { type AnswerInput, allowedItems } from './answer-input'
import * as store from './store'

/**
 * What the person has chosen on the page is offered to their own wallet, to be signed there: nothing is allowed before. The
 * number is always asked, as two screens are in play; the page's own buttons work meanwhile, and the first answer counts.
 * @throws NotFound, DomainError `nothing-allowed`, `customer-unchosen`, `owner-required`, `one-customer-only`,
 *   `disposition-ended` once the request is over, `open-requests-limit`
 */
export async function startConsentDisposition(
  ctx: Context,
  input: AnswerInput & { browserToken: string | null },
): Promise<{ requestId: string; dispositionId: string }> {
  const own = requirePerson(ctx)
  const request = await store.findVisited(ctx.db, input)
  if (!request || request.personId !== own.actor.personId) {
    throw notFound(`no request ${input.requestId} of ${own.actor.personId} in this browser`)
  }
  if (request.answer !== null || request.stopped || request.expiresAt <= ctx.now) {
    throw conflict('disposition-ended', 'This request can no longer be decided. Start again where you saw it.')
  }
  const items = allowedItems(input, request)
  const scopes = items.filter((item) => item !== 'payment')
  const details = items.includes('payment') ? request.authorizationDetails : null
  if (scopes.length === 0 && details === null) {
    throw invalid(undefined, 'nothing-allowed', 'Allow at least one of the things asked for, or deny them all.')
  }
  if (!scopes.every((scope) => request.scopes.includes(scope))) {
    throw invalid(undefined, 'form-invalid', 'This was not asked for.')
  }
  const offered = await ctx.db.transaction(async (tx) =>
    offerDisposition(tx, own, {
      operation: 'consent',
      subjectId: request.id,
      applicationId: request.applicationId,
      environment: request.environment,
      offer: {
        reference: null,
        accountType: null,
        accountId: null,
        asked: {
          customers: await chooseCustomers(own, input.customerIds, details !== null),
          scopes,
          denied_scopes: request.scopes.filter((scope) => !scopes.some((allowed) => allowed === scope)),
          authorization_details: details,
        },
      },
      numberWanted: true,
      returnUrl: null,
      resultWanted: false,
    }),
  )
  return { requestId: request.id, dispositionId: offered.id }
}

async function chooseCustomers(ctx: Context, ids: readonly string[], isOnce: boolean) {
  if (ids.length === 0) throw invalid('customer', 'customer-unchosen', 'Choose for whom you allow it.')
  if (isOnce && ids.length > 1) {
    throw invalid('customer', 'one-customer-only', 'Choose one customer: the payment is made once.')
  }
  const owned = (await listCustomers(ctx)).filter(({ role }) => role === 'owner')
  return ids.map((id) => {
    const customer = owned.find((one) => one.id === id)
    if (!customer) throw notFound(`${id} is not a Customer that the person owns`)
    return { id, name: customer.name }
  })
}
