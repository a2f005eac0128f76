import { requireOperator } from '@/lib/access/operator'
import { getApplication } from '@/lib/applications/get-application'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { notFound } from '@/lib/core/errors'
import { newWireId } from '@/lib/core/ids'
import { findAccountByIban } from '@/lib/customers/find-account-by-iban'
import { newConnectionCode } from './connection-code'
import { accountUnknown, applicationSuspended, grantImpossible, profileWithoutConnections } from './errors'
import { notifyOwners } from './notify-owners'
import type { GrantConnectionInput } from './schema'
import { insertGranted } from './store'

/**
 * Grants a Connection from the command line, without its owner: for building and testing, so sandbox accounts alone. The
 * code is in this answer and is not kept for giving out. @throws NotFound, DomainError `account-unknown`,
 * `application-cannot-connect`, `profile-without-connections`, `grant-impossible`
 */
export async function grantConnectionByOperator(
  ctx: Context,
  input: GrantConnectionInput,
): Promise<{ connectionId: string; connectionCode: string }> {
  requireOperator(ctx)
  const environment = 'sandbox'
  const application = await getApplication(ctx, { applicationId: input.applicationId })
  const place = application.environments.find((one) => one.environment === environment)
  if (!place) throw notFound(`application ${application.id} is not in ${environment}`)
  if (application.suspendedAt !== null) throw applicationSuspended()
  if (place.profile === 'fapi2') throw profileWithoutConnections()
  const account = await findAccountByIban(ctx, { iban: input.iban, environment })
  if (!account) throw accountUnknown()

  const connectionId = newWireId('connection')
  const code = newConnectionCode(connectionId, ctx.now)
  await ctx.db.transaction(async (tx) => {
    const customerId = await insertGranted(tx, {
      id: connectionId,
      applicationId: application.id,
      environment,
      accountId: account.id,
      now: ctx.now,
      codeHash: code.stored.codeHash,
      codeHint: code.stored.codeHint,
    })
    if (customerId === null) throw grantImpossible()
    await recordEvent(tx, ctx, {
      action: 'connection.granted',
      customerId,
      applicationId: application.id,
      environment,
      subjectId: connectionId,
      data: { account: account.id, by: 'operator' },
    })
    await notifyOwners(tx, ctx, connectionId, 'granted')
  })
  return { connectionId, connectionCode: code.plaintext }
}
