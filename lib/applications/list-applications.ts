import { requirePerson } from '@/lib/access/require'
import type { Context } from '@/lib/context/context'
import { APPLICATIONS_PER_PAGE, type ApplicationPage } from './schema'
import * as store from './store'

/**
 * Applications for which the person has a role, newest first: those of the Customer that they act for, and those whose team
 * they belong to. A page beyond the last is the last.
 */
export async function listApplications(ctx: Context, input: { page: number }): Promise<ApplicationPage> {
  const { personId, customerId } = requirePerson(ctx).actor
  const asker = { personId, customerId }
  const total = await store.countForPerson(ctx.db, asker)
  const pageCount = Math.max(1, Math.ceil(total / APPLICATIONS_PER_PAGE))
  const page = Math.min(Math.max(1, input.page), pageCount)
  const applications = await store.listForPerson(ctx.db, asker, page)
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
