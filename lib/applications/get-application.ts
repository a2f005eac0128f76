import type { Context } from '@/lib/context/context'
import { notFound } from '@/lib/core/errors'
import { tenantToRead } from './access'
import type { Application, ApplicationInput } from './schema'
import * as store from './store'

/**
 * By id, or by Application Key. Owners and viewers of its Customer may read it.
 * @throws NotFound, alike for one that is missing and one of others
 */
export async function getApplication(ctx: Context, input: ApplicationInput): Promise<Application> {
  const tenant = { customerId: tenantToRead(ctx) }
  const application = await store.findApplication(ctx.db, tenant, input.applicationId)
  if (!application) throw notFound(`no application ${input.applicationId} of ${tenant.customerId}`)
  const environments = await store.listEnvironments(ctx.db, [application.id])
  return { ...application, environments: environments.get(application.id) ?? [] }
}
