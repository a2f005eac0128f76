import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import * as store from './store'

/**
 * Ends the secrets that were to end once unused, as far as every replica has told what it saw (ADR-0081). A job; of several
 * at once each secret is ended by one.
 */
export async function retireUnusedSecrets(ctx: Context): Promise<number> {
  return ctx.db.transaction(async (tx) => {
    const retired = await store.retireUnused(tx, ctx.now)
    for (const { secretId, unusedHours, ...place } of retired) {
      const data = { because: 'unused', unusedHours }
      await recordEvent(tx, ctx, { action: 'secret.ended', ...place, subjectId: secretId, data })
    }
    return retired.length
  })
}
