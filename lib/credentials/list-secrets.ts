import { getApplication } from '@/lib/applications/get-application'
import type { Context } from '@/lib/context/context'
import type { ListSecretsInput, Secret } from './schema'
import * as store from './store'

/** Live ones first. Owners and viewers may look. @throws NotFound */
export async function listSecrets(ctx: Context, input: ListSecretsInput): Promise<Secret[]> {
  const application = await getApplication(ctx, { applicationId: input.applicationId })
  return store.listSecrets(ctx.db, application.id, input.environment, ctx.now)
}
