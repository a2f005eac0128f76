import { getApplicationFor } from '@/lib/applications/access'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { notFound } from '@/lib/core/errors'
import type { RevokeSecretInput } from './schema'
import * as store from './store'

/**
 * Ends a secret with the next call that uses it and, unless told otherwise, the tokens it minted. No step-up: who sees a
 * leak must be able to close it at once. Revoking again succeeds and changes nothing.
 * @throws NotFound, DomainError `permission-required`
 */
export async function revokeSecret(ctx: Context, input: RevokeSecretInput): Promise<{ secretId: string }> {
  const { secretId, keepsTokens } = input

  return ctx.db.transaction(async (tx) => {
    const secret = await store.findSecret(tx, secretId)
    if (!secret) throw notFound(`no secret ${secretId}`)
    await getApplicationFor({ ...ctx, db: tx }, secret, 'credentials.revoke', secret.environment)
    const changed = await store.revokeSecret(tx, secret.applicationId, secretId, keepsTokens, ctx.now)
    if (changed) {
      await recordEvent(tx, ctx, { action: 'secret.revoked', ...secret, subjectId: secretId, data: { keepsTokens } })
    }
    return { secretId }
  })
}
