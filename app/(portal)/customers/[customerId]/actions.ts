'use server'

import { endConsentsOfMember } from '@/lib/consents/end-consents-of-member'
import type { Context } from '@/lib/context/context'
import { tellWhatMemberSaw } from '@/lib/credentials/tell-what-they-saw'
import { type EndsWithMembership, leaveCustomer, removePerson } from '@/lib/customers/remove-person'
import { CustomerRef, RemovePersonInput } from '@/lib/customers/schema'
import { formAction } from '@/lib/http/form-action'

const alsoEnds: EndsWithMembership = async (tx, ctx, member) => {
  await endConsentsOfMember(tx, ctx, member)
  await tellWhatMemberSaw(tx, ctx, member)
}
const leave = (ctx: Context, input: CustomerRef) => leaveCustomer(ctx, input, alsoEnds)
const remove = (ctx: Context, input: RemovePersonInput) => removePerson(ctx, input, alsoEnds)

export const leaveCustomerAction = formAction(CustomerRef, leave, { area: 'portal', onDone: () => '/customers' })
export const removePersonAction = formAction(RemovePersonInput, remove, { area: 'portal' })
