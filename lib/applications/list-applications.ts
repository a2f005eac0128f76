import { requirePerson } from '@/lib/access/require'
import type { Context } from '@/lib/context/context'
import type { Application } from './schema'
import * as store from './store'

/** Applications of the Customer that the person acts for, newest first; none while they act for nobody. */
export async function listApplications(ctx: Context): Promise<Application[]> {
  const { actor } = requirePerson(ctx)
  if (actor.customerId === null) return []
  const applications = await store.listOfCustomer(ctx.db, actor.customerId)
  const environments = await store.listEnvironments(
    ctx.db,
    applications.map(({ id }) => id),
  )
  return applications.map((application) => ({ ...application, environments: environments.get(application.id) ?? [] }))
}
