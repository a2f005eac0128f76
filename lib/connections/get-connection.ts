import type { ApplicationActor, Context } from '@/lib/context/context'
import { conflict, notFound } from '@/lib/core/errors'
import { presentResult } from '@/lib/dispositions/present-result'
import { findDispositionState } from '@/lib/dispositions/read-disposition'
import { connectionStatus } from './connection'
import { openConnectionCode } from './connection-code'
import type { AccountType, ApplicationConnection } from './schema'
import { findOfApplication, findSealedCode } from './store'

/**
 * A Connection as its application sees it. Another application's, or one of another environment, is the same 404 as none.
 * The code is there once granted, until its first exchange or for ten minutes; where the application asked for it, only
 * after the wallet's one-time `result` has been presented (ADR-0020). @throws DomainError `result-refused`
 */
export async function getConnection(
  ctx: Context<ApplicationActor>,
  input: { id: string; result?: string | null },
): Promise<ApplicationConnection> {
  const first = await findOfApplication(ctx.db, ctx.actor, input.id)
  if (!first) throw notFound(`no connection ${input.id} of ${ctx.actor.applicationId} in ${ctx.actor.environment}`)
  if (input.result && first.dispositionId !== null) {
    const taken = await presentResult(ctx, first.dispositionId, input.result)
    if (!taken) {
      throw conflict(
        'result-refused',
        '"result" is not the one for this Connection, is too old or was presented before.',
      )
    }
  }
  const disposition = first.dispositionId === null ? null : await findDispositionState(ctx, first.dispositionId)
  // Granted between the two reads: the row is read again, so that status and dates belong together.
  const late = disposition?.status === 'GRANTED' && first.grantedAt === null
  const row = (late ? await findOfApplication(ctx.db, ctx.actor, input.id) : null) ?? first

  const status = connectionStatus(row, disposition?.status ?? null)
  const released = status === 'GRANTED' && (!disposition?.resultWanted || disposition.resultPresented)
  const sealed = released ? await findSealedCode(ctx.db, row.id, ctx.now) : null
  return {
    id: row.id,
    status,
    reference: row.reference,
    accountType: row.accountType as AccountType | null,
    returnUrl: disposition?.returnUrl ?? null,
    createdAt: row.createdAt,
    expiresAt: disposition?.expiresAt ?? null,
    grantedAt: row.grantedAt,
    revokedAt: row.revokedAt,
    importedBy: disposition?.importedBy ?? null,
    number: disposition?.numberWanted ? disposition.number : null,
    refusedImports: disposition?.refusedImports ?? 0,
    endReason: disposition?.endReason ?? null,
    connectionCode: sealed ? openConnectionCode(row.id, sealed) : null,
  }
}
