import { getApplicationFor } from '@/lib/applications/access'
import type { Context } from '@/lib/context/context'
import type { SeenSecret } from './schema'
import * as store from './store'

/**
 * The live secrets of an application, in all its environments, that a person has had before their eyes: what they may have
 * taken along. @throws NotFound, DomainError `permission-required`
 */
export async function listSecretsSeenBy(
  ctx: Context,
  input: { applicationId: string; personId: string },
): Promise<SeenSecret[]> {
  const application = await getApplicationFor(ctx, input, 'credentials.read')
  return store.listSeenBy(ctx.db, application.id, input.personId, ctx.now)
}
