import { getApplicationFor } from '@/lib/applications/access'
import type { Context } from '@/lib/context/context'
import type { SecretSeenByGone } from './schema'
import * as store from './store'

/**
 * The live secrets of an application that people have seen who have no role there now: left the team or the business, or of
 * the business that gave the application away. @throws NotFound, DomainError `permission-required`
 */
export async function listSecretsSeenByGone(
  ctx: Context,
  input: { applicationId: string },
): Promise<SecretSeenByGone[]> {
  const application = await getApplicationFor(ctx, input, 'credentials.read')
  return store.listSeenByGone(ctx.db, application.id, ctx.now)
}
