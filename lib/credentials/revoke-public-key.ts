import { getApplicationFor } from '@/lib/applications/access'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { notFound } from '@/lib/core/errors'
import type { RevokePublicKeyInput } from './public-key-schema'
import * as store from './public-key-store'

/**
 * Ends a public key with the next assertion that it signed and, unless told otherwise, the tokens it minted. No step-up: who
 * sees a leak must be able to close it at once. Revoking again succeeds and changes nothing.
 * @throws NotFound, DomainError `permission-required`
 */
export async function revokePublicKey(ctx: Context, input: RevokePublicKeyInput): Promise<{ publicKeyId: string }> {
  const { publicKeyId, keepsTokens } = input

  return ctx.db.transaction(async (tx) => {
    const place = await store.findPlace(tx, publicKeyId)
    if (!place) throw notFound(`no public key ${publicKeyId}`)
    await getApplicationFor({ ...ctx, db: tx }, place, 'public-keys.revoke', place.environment)
    if (await store.revoke(tx, place.applicationId, publicKeyId, keepsTokens, ctx.now)) {
      const data = { keepsTokens }
      await recordEvent(tx, ctx, { action: 'public-key.revoked', ...place, subjectId: publicKeyId, data })
    }
    return { publicKeyId }
  })
}
