import type { Transaction } from '@/db/client'
import { isOperator } from '@/lib/access/operator'
import type { Context } from '@/lib/context/context'
import { assert } from '@/lib/core/errors'
import { maskIban } from '@/lib/core/iban'
import { notifyPerson } from '@/lib/people/notify-person'
import { mailWord } from '@/lib/people/send-mail'
import { findNameOf, findNoticeFacts, listOwnersOf } from './store'

/**
 * Tells every owner of the account's Customer that a Connection was granted or revoked, by whomever, themselves included:
 * who did not do it must learn of it. In the transaction of the change.
 */
export async function notifyOwners(
  tx: Transaction,
  ctx: Context,
  connectionId: string,
  change: 'granted' | 'revoked',
): Promise<void> {
  const facts = await findNoticeFacts(tx, connectionId)
  assert(facts, `connection ${connectionId} has no account`)
  const person = ctx.actor.kind === 'person' && !isOperator(ctx) ? ctx.actor.personId : null
  const name = person && (await findNameOf(tx, person))
  const place = facts.environment === 'sandbox' ? ' (sandbox)' : ''
  for (const owner of await listOwnersOf(tx, facts.customerId)) {
    await notifyPerson(tx, ctx, owner, {
      about: 'connection',
      mail: `connection-${change}`,
      path: `/connections/${connectionId}`,
      values: {
        by: name ?? mailWord(owner.locale, isOperator(ctx) ? 'operator' : 'institution'),
        application: facts.applicationName,
        account: `${facts.accountName}, ${maskIban(facts.iban)}${place}`,
        customer: facts.customerName,
      },
    })
  }
}
