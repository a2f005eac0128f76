import { getApplicationFor } from '@/lib/applications/access'
import type { Context } from '@/lib/context/context'
import type { ListPublicKeysInput, PublicKey } from './public-key-schema'
import * as store from './public-key-store'

/** Live ones first. @throws NotFound, DomainError `permission-required` */
export async function listPublicKeys(ctx: Context, input: ListPublicKeysInput): Promise<PublicKey[]> {
  const { environment } = input
  const application = await getApplicationFor(ctx, input, 'credentials.read', environment)
  return store.listPublicKeys(ctx.db, { applicationId: application.id, environment }, ctx.now)
}
