import type { Context } from '@/lib/context/context'
import { maskName } from '@/lib/core/mask-name'
import type { Environment } from '@/lib/core/secrets'
import { expiresAt, isTerminal, statusAt } from './disposition'
import type { EndReason, InitiatorDisposition, OperationKind } from './schema'
import { findById, findNameOf } from './store'

type Row = NonNullable<Awaited<ReturnType<typeof findById>>>

/** A disposition as its initiator may see it; the caller has authorized. The number is there only while it can be asked. */
export async function readDisposition(ctx: Context, row: Row): Promise<InitiatorDisposition> {
  const status = statusAt(row, ctx.now)
  const name = status === 'IMPORTED' && row.importedBy !== null ? await findNameOf(ctx.db, row.importedBy) : null
  return {
    id: row.id,
    operation: row.operation as OperationKind,
    subjectId: row.subjectId,
    applicationId: row.applicationId,
    environment: row.environment as Environment,
    status,
    endReason: status === 'EXPIRED' ? 'expired' : (row.endReason as EndReason | null),
    expiresAt: isTerminal(status) ? null : expiresAt(row),
    importedBy: name === null ? null : maskName(name),
    number: status === 'IMPORTED' ? row.number : null,
    refusedImports: row.refusedImports,
  }
}

export type DispositionState = InitiatorDisposition & {
  returnUrl: string | null
  numberWanted: boolean
  resultWanted: boolean
  resultPresented: boolean
}

/** For the domain whose operation it is, which has authorized the read of its own subject. */
export async function findDispositionState(ctx: Context, dispositionId: string): Promise<DispositionState | null> {
  const row = await findById(ctx.db, dispositionId)
  if (!row) return null
  return {
    ...(await readDisposition(ctx, row)),
    returnUrl: row.returnUrl,
    numberWanted: row.numberWanted,
    resultWanted: row.resultWanted,
    resultPresented: row.resultPresentedAt !== null,
  }
}
