import { notFound as missingPage } from 'next/navigation'
import { type ApplicationAction, isAllowed } from '@/lib/access/permissions'
import { getApplication } from '@/lib/applications/get-application'
import type { Application, ApplicationEnvironment } from '@/lib/applications/schema'
import type { Context, PersonActor } from '@/lib/context/context'
import type { Environment } from '@/lib/core/secrets'
import { orNotFound } from '@/lib/http/or-not-found'
import { pageContext } from '@/lib/session/page-context'

export type ApplicationPage = {
  ctx: Context<PersonActor>
  application: Application
  sandbox: ApplicationEnvironment
  /** Whether the person's role allows it, so that no button promises what the verb refuses. The sandbox, unless told. */
  may: (action: ApplicationAction, environment?: Environment) => boolean
}

/** One environment of an application; one that it does not have is missing like the application itself. */
export async function environmentOf(
  application: Application,
  searchParams: Promise<{ environment?: string | string[] }>,
): Promise<ApplicationEnvironment> {
  const wanted = (await searchParams).environment ?? 'sandbox'
  const found = application.environments.find(({ environment }) => environment === wanted)
  return found ?? missingPage()
}

/** What every page of one application needs; a foreign one and a missing one end in the same 404. */
export async function loadApplication(params: Promise<{ applicationId: string }>): Promise<ApplicationPage> {
  const { ctx } = await pageContext('portal')
  const application = await orNotFound(getApplication(ctx, await params))
  const sandbox = application.environments.find(({ environment }) => environment === 'sandbox')
  if (!sandbox) throw new Error(`${application.id} has no sandbox`)
  return {
    ctx,
    application,
    sandbox,
    may: (action, environment = 'sandbox') => isAllowed(application.role, action, environment),
  }
}
