import { getApplicationFor } from '@/lib/applications/access'
import type { Context } from '@/lib/context/context'
import type { ListSecretsInput, Secret } from './schema'
import * as store from './store'

/** Live ones first. @throws NotFound, DomainError `permission-required` */
export async function listSecrets(ctx: Context, input: ListSecretsInput): Promise<Secret[]> {
  const { environment } = input
  const application = await getApplicationFor(ctx, input, 'credentials.read', environment)
  return store.listSecrets(ctx.db, application.id, environment, ctx.now)
}
