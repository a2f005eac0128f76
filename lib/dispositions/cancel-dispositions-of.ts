import type { Transaction } from '@/db/client'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { settleCancelledOf } from './store'

/** Ends whatever an application has asked for and nobody has decided, within a change that makes its words untrue. */
export async function cancelDispositionsOf(tx: Transaction, ctx: Context, applicationId: string): Promise<void> {
  for (const row of await settleCancelledOf(tx, { applicationId, now: ctx.now })) {
    await recordEvent(tx, ctx, {
      action: 'disposition.cancelled',
      applicationId,
      environment: row.environment,
      subjectId: row.subjectId,
      data: { disposition: row.id, reason: 'transferred' },
    })
  }
}
