import { getApplication } from '@/lib/applications/get-application'
import type { Application, ApplicationEnvironment } from '@/lib/applications/schema'
import type { Context, PersonActor } from '@/lib/context/context'
import { orNotFound } from '@/lib/http/or-not-found'
import { pageContext } from '@/lib/session/page-context'

export type ApplicationPage = {
  ctx: Context<PersonActor>
  application: Application
  sandbox: ApplicationEnvironment
  /** The person may change it; a viewer may look. */
  isOwner: boolean
}

/** What every page of one application needs; a foreign one and a missing one end in the same 404. */
export async function loadApplication(params: Promise<{ applicationId: string }>): Promise<ApplicationPage> {
  const { ctx } = await pageContext('portal')
  const application = await orNotFound(getApplication(ctx, await params))
  const sandbox = application.environments.find(({ environment }) => environment === 'sandbox')
  if (!sandbox) throw new Error(`${application.id} has no sandbox`)
  return { ctx, application, sandbox, isOwner: ctx.actor.role === 'owner' }
}
