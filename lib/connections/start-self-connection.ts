import { requirePerson, requireStepUp } from '@/lib/access/require'
import { getApplicationFor } from '@/lib/applications/access'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { notFound } from '@/lib/core/errors'
import { newWireId } from '@/lib/core/ids'
import { listOwnedAccounts } from '@/lib/customers/list-owned-accounts'
import { offerDisposition } from '@/lib/dispositions/offer-disposition'
import { accountUnknown, applicationSuspended, profileWithoutConnections } from './errors'
import type { StartSelfConnectionInput } from './schema'
import { insertConnection } from './store'

/**
 * "Connect my own account": somebody of the application's team offers themselves a Connection to one of their own
 * accounts, to be accepted in their own wallet. The number is always asked: two screens are in play.
 * @throws NotFound, DomainError `permission-required`, `step-up-required`, `account-unknown`
 */
export async function startSelfConnection(
  ctx: Context,
  input: StartSelfConnectionInput,
): Promise<{ connectionId: string; dispositionId: string; applicationId: string }> {
  const own = requirePerson(ctx)
  const application = await getApplicationFor(own, input, 'connections.start', input.environment)
  requireStepUp(ctx)
  const place = application.environments.find((one) => one.environment === input.environment)
  if (!place) throw notFound(`application ${application.id} is not in ${input.environment}`)
  if (application.suspendedAt !== null) throw applicationSuspended()
  if (place.profile === 'fapi2') throw profileWithoutConnections()
  const account = (await listOwnedAccounts(own, { environment: input.environment })).find(
    (one) => one.id === input.accountId,
  )
  if (!account) throw accountUnknown()

  const connectionId = newWireId('connection')
  return ctx.db.transaction(async (tx) => {
    const offered = await offerDisposition(tx, own, {
      operation: 'connection',
      subjectId: connectionId,
      applicationId: application.id,
      environment: input.environment,
      offer: { reference: null, accountType: null, accountId: account.id },
      numberWanted: true,
      returnUrl: null,
      resultWanted: false,
    })
    await insertConnection(tx, {
      id: connectionId,
      applicationId: application.id,
      environment: input.environment,
      dispositionId: offered.id,
      createdAt: ctx.now,
    })
    await recordEvent(tx, ctx, {
      action: 'connection.requested',
      customerId: application.customerId,
      applicationId: application.id,
      environment: input.environment,
      subjectId: connectionId,
      data: { disposition: offered.id, self: true },
    })
    return { connectionId, dispositionId: offered.id, applicationId: application.id }
  })
}
