import { requirePerson } from '@/lib/access/require'
import type { Context } from '@/lib/context/context'
import { notFound } from '@/lib/core/errors'
import type { ApplicationInput, PublicApplication } from './schema'
import * as store from './store'

/** Who asks: what anybody signed in may see of an application, whoever owns it. */
export async function getPublicApplication(ctx: Context, input: ApplicationInput): Promise<PublicApplication> {
  requirePerson(ctx)
  const application = await store.findPublic(ctx.db, input.applicationId)
  if (!application) throw notFound(`no application ${input.applicationId}`)
  return application
}
