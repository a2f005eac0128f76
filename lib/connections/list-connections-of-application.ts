import { getApplication } from '@/lib/applications/get-application'
import type { Context } from '@/lib/context/context'
import type { Environment } from '@/lib/core/secrets'
import type { ListedConnection, Page } from './schema'
import { listOfApplication } from './store'

/** For the Application Owner: every Connection that the application asked for, newest first. @throws NotFound */
export async function listConnectionsOfApplication(
  ctx: Context,
  input: { applicationId: string; environment: Environment; page: number },
): Promise<Page<ListedConnection>> {
  const application = await getApplication(ctx, { applicationId: input.applicationId })
  return listOfApplication(ctx.db, application.id, input, ctx.now)
}
