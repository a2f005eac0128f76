import { recordEvent } from '@/lib/audit/record-event'
import type { ApplicationActor, Context } from '@/lib/context/context'
import { newWireId } from '@/lib/core/ids'
import { offerDisposition } from '@/lib/dispositions/offer-disposition'
import { badReturnUrl, foreignReturnUrl } from './errors'
import { parseReturnUrl } from './return-url'
import type { RequestConnectionInput, RequestedConnection } from './schema'
import { insertConnection, isCallbackHost } from './store'

/**
 * An application asks whoever imports it for a Connection to one of their accounts. The deeplink is in this answer and
 * nowhere else. @throws DomainError `return-url-invalid`
 */
export async function requestConnection(
  ctx: Context<ApplicationActor>,
  input: RequestConnectionInput,
): Promise<RequestedConnection> {
  const { applicationId, environment } = ctx.actor
  const returnUrl = await checkReturnUrl(ctx, input.return_url)
  const id = newWireId('connection')
  const reference = input.reference || null
  const accountType = input.account_type ?? null

  return ctx.db.transaction(async (tx) => {
    const offered = await offerDisposition(tx, ctx, {
      operation: 'connection',
      subjectId: id,
      applicationId,
      environment,
      offer: { reference, accountType, accountId: null },
      numberWanted: input.confirm_number,
      returnUrl,
      resultWanted: input.require_result,
    })
    const row = { id, applicationId, environment, dispositionId: offered.id, reference, accountType }
    await insertConnection(tx, { ...row, createdAt: ctx.now })
    await recordEvent(tx, ctx, { action: 'connection.requested', subjectId: id, data: { disposition: offered.id } })
    return {
      id,
      status: 'WAITING',
      reference,
      accountType,
      returnUrl,
      createdAt: ctx.now,
      expiresAt: offered.expiresAt,
      grantedAt: null,
      revokedAt: null,
      importedBy: null,
      number: null,
      refusedImports: 0,
      endReason: null,
      connectionCode: null,
      deeplink: offered.deeplink,
    }
  })
}

async function checkReturnUrl(ctx: Context<ApplicationActor>, value: string | undefined): Promise<string | null> {
  if (value === undefined) return null
  const parsed = parseReturnUrl(value)
  if ('problem' in parsed) throw badReturnUrl(parsed.problem)
  if (!(await isCallbackHost(ctx.db, ctx.actor, parsed.ok.host))) throw foreignReturnUrl()
  return parsed.ok.url
}
