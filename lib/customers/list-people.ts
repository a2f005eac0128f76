import { requirePerson } from '@/lib/access/require'
import type { Context } from '@/lib/context/context'
import { notFound } from '@/lib/core/errors'
import type { CustomerRef, PersonOfCustomer, Role } from './schema'
import * as store from './store'

/** Everybody who belongs to a Customer that the person belongs to, owners first. @throws NotFound */
export async function listPeople(
  ctx: Context,
  input: CustomerRef,
): Promise<{ customer: { id: string; name: string }; role: Role; people: PersonOfCustomer[] }> {
  const { personId } = requirePerson(ctx).actor
  const role = await store.findRole(ctx.db, personId, input.customerId)
  const customer = role && (await store.findCustomer(ctx.db, input.customerId))
  if (!customer) throw notFound(`no live membership of ${personId} in ${input.customerId}`)
  const people = (await store.listPeopleOf(ctx.db, customer.id)).map(({ locale: _, ...row }) => ({
    ...row,
    role: row.role as Role,
    isYou: row.personId === personId,
  }))
  return { customer, role, people }
}
