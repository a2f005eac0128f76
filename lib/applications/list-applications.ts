import { requirePerson } from '@/lib/access/require'
import type { Context } from '@/lib/context/context'
import { APPLICATIONS_PER_PAGE, type ApplicationPage } from './schema'
import * as store from './store'

/**
 * Applications of the Customer that the person acts for, newest first; none while they act for nobody. A page beyond the
 * last is the last.
 */
export async function listApplications(ctx: Context, input: { page: number }): Promise<ApplicationPage> {
  const { customerId } = requirePerson(ctx).actor
  if (customerId === null) return { rows: [], page: 1, pageCount: 1, total: 0 }
  const total = await store.countOfCustomer(ctx.db, customerId)
  const pageCount = Math.max(1, Math.ceil(total / APPLICATIONS_PER_PAGE))
  const page = Math.min(Math.max(1, input.page), pageCount)
  const applications = await store.listOfCustomer(ctx.db, customerId, page)
  const environments = await store.listEnvironments(
    ctx.db,
    applications.map(({ id }) => id),
  )
  const rows = applications.map((application) => ({
    ...application,
    environments: environments.get(application.id) ?? [],
  }))
  return { rows, page, pageCount, total }
}
