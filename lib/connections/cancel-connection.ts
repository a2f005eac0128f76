import type { ApplicationActor, Context } from '@/lib/context/context'
import { isDomainError, notFound } from '@/lib/core/errors'
import { cancelDisposition } from '@/lib/dispositions/cancel-disposition'
import { connectionEnded } from './errors'
import { getConnection } from './get-connection'
import { findOfApplication } from './store'

/**
 * The application withdraws its request before the grant; once more changes nothing. After any other end it is a conflict,
 * also when the grant won a race against it. @throws DomainError `connection-ended`
 */
export async function cancelConnection(ctx: Context<ApplicationActor>, input: { id: string }): Promise<void> {
  const row = await findOfApplication(ctx.db, ctx.actor, input.id)
  if (!row) throw notFound(`no connection ${input.id} of ${ctx.actor.applicationId} in ${ctx.actor.environment}`)
  if (row.dispositionId === null) throw connectionEnded(row.revokedAt === null ? 'GRANTED' : 'REVOKED')
  try {
    await cancelDisposition(ctx, { id: row.dispositionId })
  } catch (error) {
    if (!isDomainError(error) || error.reason !== 'already-ended') throw error
    const seen = await getConnection(ctx, { id: row.id })
    throw connectionEnded(seen.status)
  }
}
