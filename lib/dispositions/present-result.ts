import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { sha256 } from '@/lib/core/secrets'
import { findById, takeResult } from './store'

/**
 * Takes the one-time token that the wallet carried back to the application (ADR-0020); false when it is wrong, old or has
 * been presented before. The domain above has authorized the application.
 */
export async function presentResult(ctx: Context, dispositionId: string, result: string): Promise<boolean> {
  return ctx.db.transaction(async (tx) => {
    const taken = await takeResult(tx, dispositionId, sha256(result), ctx.now)
    const row = taken ? await findById(tx, dispositionId) : null
    if (row) {
      await recordEvent(tx, ctx, {
        action: 'disposition.result-presented',
        applicationId: row.applicationId,
        environment: row.environment,
        subjectId: row.subjectId,
        data: { disposition: row.id },
      })
    }
    return taken
  })
}
