import { getApplicationFor } from '@/lib/applications/access'
import type { Context } from '@/lib/context/context'
import type { Environment } from '@/lib/core/secrets'
import type { ChainSummary } from './chain-schema'
import * as store from './chain-store'

/** Live ones first, each newest first. @throws NotFound, DomainError `permission-required` */
export async function listChains(
  ctx: Context,
  input: { applicationId: string; environment: Environment },
): Promise<ChainSummary[]> {
  const { environment } = input
  const application = await getApplicationFor(ctx, input, 'certificates.read', environment)
  return store.listChains(ctx.db, { applicationId: application.id, environment }, ctx.now)
}
