import { recordEvent } from '@/lib/audit/record-event'
import { giveConsent } from '@/lib/consents/give-consent'
import { CONSENT_DAYS } from '@/lib/consents/schema'
import { assert, conflict } from '@/lib/core/errors'
import type { Operation } from '@/lib/dispositions/operation'
import { describeConsent } from './describe-consent'
import { grantRequest, keepConsents } from './wallet-store'

/**
 * What accepting a disposition of the kind `consent` does: the authorization request is granted, as its page would have, and
 * the consents are given. The code is made for the browser that waits (finish-consent-disposition.ts), which alone may have it.
 */
export const consentOperation: Operation = {
  kind: 'consent',
  allows: ({ asked }) => [...(asked?.scopes ?? []), ...(asked?.authorization_details ? ['payment'] : [])],
  until: `P${CONSENT_DAYS}D`,
  describe: describeConsent,
  async accept(tx, ctx, accepted) {
    const { asked, personId } = accepted
    assert(asked, 'a consent is for Customers')
    const request = await grantRequest(tx, {
      requestId: accepted.subjectId,
      personId,
      withoutDetails: asked.authorization_details === null,
      now: ctx.now,
    })
    if (!request) throw requestOver()
    const given = new Map<string, string>()
    for (const customerId of asked.customers.map(({ id }) => id).sort()) {
      const { consentId } = await giveConsent(tx, ctx, {
        personId,
        customerId,
        applicationId: request.applicationId,
        environment: request.environment,
        scopes: asked.scopes,
        deniedScopes: asked.denied_scopes,
        authorizationDetails: asked.authorization_details,
        authTime: accepted.authTime,
        amr: accepted.amr,
      })
      given.set(customerId, consentId)
    }
    const consentIds = asked.customers.map(({ id }) => given.get(id) as string)
    await keepConsents(tx, request.id, consentIds)
    await recordEvent(tx, ctx, {
      action: 'authorization-request.granted',
      applicationId: request.applicationId,
      environment: request.environment,
      subjectId: request.id,
      data: {
        disposition: accepted.dispositionId,
        scopes: asked.scopes,
        consents: consentIds,
        denied: asked.denied_scopes,
      },
    })
  },
}

function requestOver() {
  return conflict(
    'disposition-ended',
    'This request can no longer be decided. Start again where you saw it.',
    'answered on its page, or over',
  )
}
