import { requirePerson } from '@/lib/access/require'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { getDispositionForInitiator } from '@/lib/dispositions/get-disposition-for-initiator'
import type { DispositionRef } from '@/lib/dispositions/schema'
import { openConnectionCode } from './connection-code'
import { takeSealedCode } from './store'

/**
 * Gives the Connection Code of a self-connection to the person who started it, once: of two pages that ask, one gets it, and
 * the other gets null. The application's own reads are not affected.
 */
export async function showConnectionCode(
  ctx: Context,
  input: DispositionRef,
): Promise<{ connectionCode: string | null }> {
  requirePerson(ctx)
  const disposition = await getDispositionForInitiator(ctx, input)
  if (disposition.status !== 'GRANTED') return { connectionCode: null }
  return ctx.db.transaction(async (tx) => {
    const taken = await takeSealedCode(tx, disposition.id, ctx.now)
    if (!taken?.codeSealed) return { connectionCode: null }
    await recordEvent(tx, ctx, {
      action: 'connection.code-shown',
      applicationId: taken.applicationId,
      environment: taken.environment,
      subjectId: taken.id,
    })
    return { connectionCode: openConnectionCode(taken.id, taken.codeSealed) }
  })
}
