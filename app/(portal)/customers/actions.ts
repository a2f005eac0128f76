'use server'

import { actFor } from '@/lib/customers/act-for'
import { createBusiness } from '@/lib/customers/create-business'
import { ActForInput, CreateBusinessInput } from '@/lib/customers/schema'
import { formAction } from '@/lib/http/form-action'
import { IDLE } from '@/lib/http/form-state'

export const createBusinessAction = formAction(CreateBusinessInput, createBusiness, {
  area: 'portal',
  onDone: () => '/applications',
})

const actForInPortal = formAction(ActForInput, actFor, { area: 'portal', onDone: () => '/applications' })
/** For the switcher of the portal: goes to the list, since the page shown may belong to another Customer. */
export async function switchCustomer(form: FormData): Promise<void> {
  await actForInPortal(IDLE, form)
}
