import type { Context } from '@/lib/context/context'
import { getApplicationFor } from './access'
import type { Application, ApplicationInput } from './schema'

/**
 * By id, or by Application Key, for whoever has a role there.
 * @throws NotFound, alike for one that is missing and one of others
 */
export async function getApplication(ctx: Context, input: ApplicationInput): Promise<Application> {
  return getApplicationFor(ctx, input, 'application.read')
}
