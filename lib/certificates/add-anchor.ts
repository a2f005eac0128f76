import { requireOperator } from '@/lib/access/operator'
import { requireStepUp } from '@/lib/access/require'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { newId } from '@/lib/core/ids'
import * as store from './anchor-store'
import { bumpTrustStore } from './bump-trust-store'
import type { AddAnchorInput } from './chain-schema'
import { anchorExists } from './errors'
import { readAnchor } from './read-anchor'

/**
 * An operator trusts a root in one environment. Chains under it that wait for review stay there until they are approved,
 * but those that were approved before it was removed count again. @throws DomainError `anchor-unreadable`, `anchor-exists`
 */
export async function addAnchor(ctx: Context, input: AddAnchorInput): Promise<{ anchorId: string; sha256: string }> {
  requireOperator(ctx)
  requireStepUp(ctx)
  const { environment, purpose } = input
  const anchor = readAnchor(input.bytes, ctx.now)
  const owner = input.owner ?? anchor.owner

  return ctx.db.transaction(async (tx) => {
    const anchorId = newId('anchor')
    const row = { ...anchor, id: anchorId, environment, owner, purpose, createdAt: ctx.now }
    if (!(await store.insertAnchor(tx, row))) throw anchorExists()
    await bumpTrustStore(tx, ctx.now)
    const sha256 = anchor.sha256.toString('hex')
    await recordEvent(tx, ctx, {
      action: 'anchor.added',
      environment,
      subjectId: anchorId,
      data: { owner, purpose, sha256, subject: anchor.subject, notAfter: anchor.notAfter.toISOString() },
    })
    return { anchorId, sha256 }
  })
}
