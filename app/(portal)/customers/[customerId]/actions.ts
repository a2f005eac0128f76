'use server'

import { endConsentsOfMember } from '@/lib/consents/end-consents-of-member'
import type { Context } from '@/lib/context/context'
import { leaveCustomer, removePerson } from '@/lib/customers/remove-person'
import { CustomerRef, RemovePersonInput } from '@/lib/customers/schema'
import { formAction } from '@/lib/http/form-action'

const leave = (ctx: Context, input: CustomerRef) => leaveCustomer(ctx, input, endConsentsOfMember)
const remove = (ctx: Context, input: RemovePersonInput) => removePerson(ctx, input, endConsentsOfMember)

export const leaveCustomerAction = formAction(CustomerRef, leave, { area: 'portal', onDone: () => '/customers' })
export const removePersonAction = formAction(RemovePersonInput, remove, { area: 'portal' })
