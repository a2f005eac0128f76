import { requireStepUp } from '@/lib/access/require'
import { getApplicationFor } from '@/lib/applications/access'
import { withApproval } from '@/lib/approvals/with-approval'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { notFound } from '@/lib/core/errors'
import { addMs } from '@/lib/core/time'
import { endNotLater, secretHasEnded, secretHasNoEnd } from './errors'
import { type MoveSecretEndInput, OVERLAP_MS } from './schema'
import * as store from './store'

/**
 * Puts off the end of a secret that still lives: extends an overlap, or a lifetime. What has ended stays ended.
 * @throws NotFound, DomainError `permission-required`, `step-up-required`, `second-member-required`, `secret-ended`,
 * `secret-has-no-end`, `end-not-later`
 */
export async function moveSecretEnd(
  ctx: Context,
  input: MoveSecretEndInput,
): Promise<{ secretId: string; endsAt: Date }> {
  const { secretId, end } = input
  const endsAt = addMs(ctx.now, OVERLAP_MS[end])

  return withApproval(ctx, async (tx, requireApproval) => {
    const secret = await store.findSecret(tx, secretId)
    if (!secret) throw notFound(`no secret ${secretId}`)
    await getApplicationFor({ ...ctx, db: tx }, secret, 'credentials.rotate', secret.environment)
    requireStepUp(ctx)
    const { applicationId, environment } = secret
    const subject = `${secretId}: its end put off to ${end} from then`
    await requireApproval({ applicationId, environment, permission: 'credentials.rotate', subject })
    if (!(await store.moveSecretEnd(tx, secretId, endsAt, ctx.now))) {
      const live = await store.findLive(tx, secretId, ctx.now)
      if (!live) throw secretHasEnded()
      throw live.endsAt === null ? secretHasNoEnd() : endNotLater()
    }
    const data = { endsAt: endsAt.toISOString() }
    await recordEvent(tx, ctx, { action: 'secret.end-moved', ...secret, subjectId: secretId, data })
    return { secretId, endsAt }
  })
}
