import { getApplicationFor } from '@/lib/applications/access'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { notFound } from '@/lib/core/errors'
import { secretHasNoEnd } from './errors'
import type { SecretInput } from './schema'
import * as store from './store'

/**
 * Finishes the overlap of one secret early: its next call is refused, the tokens that it minted live on. No step-up: it
 * opens nothing. Ending again succeeds and changes nothing.
 * @throws NotFound, DomainError `permission-required`, `secret-has-no-end`
 */
export async function endSecret(ctx: Context, input: SecretInput): Promise<{ secretId: string }> {
  const { secretId } = input

  return ctx.db.transaction(async (tx) => {
    const secret = await store.findSecret(tx, secretId)
    if (!secret) throw notFound(`no secret ${secretId}`)
    await getApplicationFor({ ...ctx, db: tx }, secret, 'credentials.rotate', secret.environment)
    if (await store.endSecret(tx, secretId, ctx.now)) {
      await recordEvent(tx, ctx, { action: 'secret.ended', ...secret, subjectId: secretId, data: { because: 'ended' } })
    } else if (await store.findLive(tx, secretId, ctx.now)) {
      throw secretHasNoEnd()
    }
    return { secretId }
  })
}
