import { getApplicationFor } from '@/lib/applications/access'
import type { Context } from '@/lib/context/context'
import type { Environment } from '@/lib/core/secrets'
import type { ListedConnection, Page } from './schema'
import { listOfApplication } from './store'

/**
 * For its team: every Connection that the application asked for, newest first.
 * @throws NotFound, DomainError `permission-required`
 */
export async function listConnectionsOfApplication(
  ctx: Context,
  input: { applicationId: string; environment: Environment; page: number },
): Promise<Page<ListedConnection>> {
  const application = await getApplicationFor(ctx, input, 'connections.read', input.environment)
  return listOfApplication(ctx.db, application.id, input, ctx.now)
}
