import { requireOperator } from '@/lib/access/operator'
import { getApplication } from '@/lib/applications/get-application'
import type { Context } from '@/lib/context/context'
import type { Environment } from '@/lib/core/secrets'
import { listOfApplication } from './read-store'
import type { ListedConsent } from './schema'

const LISTED = 1000

/** For operators: an application's consents, newest first, the first thousand. `applicationId`: id or key. @throws NotFound */
export async function listConsentsOfApplication(
  ctx: Context,
  input: { applicationId: string; environment: Environment },
): Promise<ListedConsent[]> {
  requireOperator(ctx)
  const { id } = await getApplication(ctx, { applicationId: input.applicationId })
  return listOfApplication(ctx.db, { applicationId: id, environment: input.environment }, ctx.now, LISTED)
}
