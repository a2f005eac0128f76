import type { Context } from '@/lib/context/context'
import type { Caller } from '../clients/authenticate-caller'
import { revokeFamilies } from '../tokens/revoke-families'
import type { KnownToken } from './find-token'

/**
 * RFC 7009: ends the token and all of its family. A token that is unknown, over or another client's changes nothing and looks
 * the same from outside.
 */
export async function revokeToken(ctx: Context, caller: Caller, token: KnownToken | null): Promise<void> {
  if (!token || caller.kind !== 'application') return
  const { applicationId, environment } = caller.actor
  if (token.applicationId !== applicationId || token.environment !== environment) return
  await revokeFamilies(ctx, [token.familyId], 'revoked')
}
