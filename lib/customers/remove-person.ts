import type { Transaction } from '@/db/client'
import { requirePerson, requireStepUp } from '@/lib/access/require'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { notFound } from '@/lib/core/errors'
import { env } from '@/lib/env/env'
import { sendMail } from '@/lib/people/send-mail'
import { lastOwner, ownerOfItRequired } from './errors'
import { holdCustomer } from './hold-customer'
import type { CustomerRef, RemovePersonInput } from './schema'
import * as store from './store'

/** What ends with a membership, of the domains above: called in its transaction, after it has ended. */
export type EndsWithMembership = (
  tx: Transaction,
  ctx: Context,
  member: { personId: string; customerId: string },
) => Promise<unknown>

/**
 * The person belongs to the Customer no longer; what it granted by their hand ends or waits for another owner
 * (security.md, Tokens and revocation). @throws NotFound, DomainError `step-up-required`, `last-owner`
 */
export async function leaveCustomer(ctx: Context, input: CustomerRef, alsoEnds: EndsWithMembership): Promise<void> {
  const { personId } = requirePerson(ctx).actor
  await endMembership(ctx, { ...input, personId }, alsoEnds)
}

/**
 * An owner of the Customer removes somebody from it, or themselves.
 * @throws NotFound, DomainError `owner-required`, `step-up-required`, `last-owner`
 */
export async function removePerson(
  ctx: Context,
  input: RemovePersonInput,
  alsoEnds: EndsWithMembership,
): Promise<void> {
  await endMembership(ctx, input, alsoEnds)
}

async function endMembership(ctx: Context, input: RemovePersonInput, alsoEnds: EndsWithMembership): Promise<void> {
  const { personId } = requirePerson(ctx).actor
  const isSelf = personId === input.personId
  await ctx.db.transaction(async (tx) => {
    const { customerId } = input
    // Of two owners who leave at once, the second finds itself the last.
    await holdCustomer(tx, customerId)
    const role = await store.findRole(tx, personId, customerId)
    const customer = role && (await store.findCustomer(tx, customerId))
    if (!customer) throw notFound(`no live membership of ${personId} in ${customerId}`)
    if (!isSelf && role !== 'owner') throw ownerOfItRequired()
    const people = await store.listPeopleOf(tx, customerId)
    const gone = people.find((person) => person.personId === input.personId)
    if (!gone) throw notFound(`no live membership of ${input.personId} in ${customerId}`)
    requireStepUp(ctx)

    const ended = await store.endMembership(tx, { ...input, now: ctx.now })
    if (ended === null) throw lastOwner()
    await recordEvent(tx, ctx, {
      action: 'membership.ended',
      customerId,
      subjectId: customerId,
      personId: input.personId,
      data: { role: ended, by: isSelf ? 'themselves' : 'owner' },
    })
    await alsoEnds(tx, ctx, { personId: input.personId, customerId })
    await sendMail(tx, gone, 'membership-ended', { customer: customer.name })
    const link = new URL(`/customers/${customerId}`, env().publicUrl).href
    for (const owner of people.filter((one) => one.role === 'owner' && one.personId !== input.personId)) {
      await sendMail(tx, owner, 'colleague-gone', { person: gone.name, customer: customer.name, link })
    }
  })
}
