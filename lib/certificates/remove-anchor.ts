import { requireOperator } from '@/lib/access/operator'
import { requireStepUp } from '@/lib/access/require'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { notFound } from '@/lib/core/errors'
import * as store from './anchor-store'
import { bumpTrustStore } from './bump-trust-store'
import type { RemoveAnchorInput } from './chain-schema'

/**
 * Trust ends with this statement: chains under the anchor are pending review from now on, and count again only when the
 * same root is added again. The answer says how many. @throws NotFound
 */
export async function removeAnchor(
  ctx: Context,
  input: RemoveAnchorInput,
): Promise<{ anchorId: string; chains: number }> {
  requireOperator(ctx)
  requireStepUp(ctx)
  const { anchorId } = input

  return ctx.db.transaction(async (tx) => {
    const removed = await store.removeAnchor(tx, anchorId, ctx.now)
    if (!removed) throw notFound(`no live anchor ${anchorId}`)
    const { environment, chains } = removed
    await bumpTrustStore(tx, ctx.now)
    const data = { sha256: removed.sha256.toString('hex'), chains }
    await recordEvent(tx, ctx, { action: 'anchor.removed', environment, subjectId: anchorId, data })
    return { anchorId, chains }
  })
}
