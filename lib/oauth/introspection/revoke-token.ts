import type { Context } from '@/lib/context/context'
import { revokeFamilies } from '../tokens/revoke-families'
import type { KnownToken } from './find-token'
import {
  type AskedToken,
  reasonAgainst,
  type TokenCheck,
  tokenIsAlive,
  tokenIsNamed,
  tokenIsTheCallers,
} from './token-checks'

const CHECKS: readonly TokenCheck[] = [
  tokenIsNamed, // RFC 7009 §2.1
  tokenIsAlive, // RFC 7009 §2.2: "invalid tokens do not cause an error response"
  callerIsAnApplication, // a core gets no tokens, and ends none
  tokenIsTheCallers, // RFC 7009 §2.1: "whether the token was issued to the client"
]

/**
 * RFC 7009: ends the token and all of its family. A token that is unknown, over or another client's changes nothing and looks
 * the same from outside. @throws DomainError `invalid_request`
 */
export async function revokeToken(ctx: Context, asked: AskedToken): Promise<void> {
  if (reasonAgainst(ctx, CHECKS, asked) !== null) return
  await revokeFamilies(ctx, [(asked.token as KnownToken).familyId], 'revoked')
}

function callerIsAnApplication({ caller }: AskedToken): string | null {
  return caller.kind === 'application' ? null : 'a core revokes no tokens'
}
