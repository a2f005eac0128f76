import { requirePerson } from '@/lib/access/require'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { newId } from '@/lib/core/ids'
import { businessLimitReached } from './errors'
import { newSandboxAccount } from './open-account'
import { type Account, BUSINESS_LIMIT, type CreateBusinessInput } from './schema'
import * as store from './store'

/**
 * The person becomes its owner, it gets a sandbox account, and the session acts for it from then on.
 * @throws DomainError `business-limit-reached`
 */
export async function createBusiness(
  ctx: Context,
  input: CreateBusinessInput,
): Promise<{ customerId: string; account: Account }> {
  const { actor } = requirePerson(ctx)

  return ctx.db.transaction(async (tx) => {
    await store.holdPerson(tx, actor.personId) // ADR-0040
    if ((await store.countCreatedBy(tx, actor.personId)) >= BUSINESS_LIMIT) throw businessLimitReached()
    const customerId = newId('customer')
    await store.insertCustomer(tx, { id: customerId, kind: 'business', name: input.name, createdBy: actor.personId })
    await store.insertMembership(tx, {
      id: `mem_${customerId.slice(4)}`,
      personId: actor.personId,
      customerId,
      role: 'owner',
    })
    const account = newSandboxAccount(customerId, 1)
    await store.insertAccount(tx, account)
    await store.chooseCustomer(tx, actor.sessionId, actor.personId, customerId)
    await recordEvent(tx, ctx, {
      action: 'customer.created',
      customerId,
      subjectId: customerId,
      data: { kind: 'business', accountId: account.id },
    })
    return { customerId, account }
  })
}
