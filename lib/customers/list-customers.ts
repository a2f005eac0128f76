import { requirePerson } from '@/lib/access/require'
import type { Context } from '@/lib/context/context'
import type { CustomerOfPerson } from './schema'
import * as store from './store'

/** Every Customer that the person belongs to, by name. */
export async function listCustomers(ctx: Context): Promise<CustomerOfPerson[]> {
  const { actor } = requirePerson(ctx)
  return store.listOfPerson(ctx.db, actor.personId)
}
