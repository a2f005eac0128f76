import { getApplicationFor } from '@/lib/applications/access'
import type { Context } from '@/lib/context/context'
import type { ApplicationKey, ListSecretsInput } from './schema'
import * as store from './store'

/** Every key that the application had there, the present one first. @throws NotFound, DomainError `permission-required` */
export async function listKeys(ctx: Context, input: ListSecretsInput): Promise<ApplicationKey[]> {
  const { environment } = input
  const application = await getApplicationFor(ctx, input, 'credentials.read', environment)
  return store.listKeys(ctx.db, application.id, environment, ctx.now)
}
