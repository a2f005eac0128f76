import type { Transaction } from '@/db/client'
import { isOperator } from '@/lib/access/operator'
import type { Context } from '@/lib/context/context'
import { assert } from '@/lib/core/errors'
import { notifyPerson } from '@/lib/people/notify-person'
import { mailWord } from '@/lib/people/send-mail'
import { describeScopes, localeOf } from './describe-scopes'
import { findNameOf, findNoticeFacts, listConcerned } from './store'

/**
 * Tells the person whose consent it is, and every owner of the Customer, what has become of it, by whomever, themselves
 * included: who did not do it must learn of it. In the transaction of the change.
 */
export async function notifyOwners(
  tx: Transaction,
  ctx: Context,
  consentId: string,
  change: 'given' | 'changed' | 'renewed' | 'revoked',
): Promise<void> {
  const facts = await findNoticeFacts(tx, consentId)
  assert(facts, `no consent ${consentId}`)
  const person = ctx.actor.kind === 'person' && !isOperator(ctx) ? ctx.actor.personId : null
  const name = person && (await findNameOf(tx, person))
  for (const owner of await listConcerned(tx, facts)) {
    await notifyPerson(tx, ctx, owner, {
      about: 'consent',
      mail: `consent-${change}`,
      path: `/consents/${consentId}`,
      values: {
        by: name ?? mailWord(owner.locale, isOperator(ctx) ? 'operator' : 'institution'),
        application: facts.environment === 'sandbox' ? `${facts.applicationName} (sandbox)` : facts.applicationName,
        customer: facts.customerName,
        scopes: describeScopes(facts.scopes, localeOf(owner.locale))
          .map((line) => `- ${line}`)
          .join('\n'),
        until: dayInWords(facts.expiresAt, owner.locale),
      },
    })
  }
}

/** Mails know no zone of their reader's: the day is told in UTC. */
export function dayInWords(moment: Date, locale: string): string {
  return moment.toLocaleDateString(locale, { dateStyle: 'long', timeZone: 'UTC' })
}
