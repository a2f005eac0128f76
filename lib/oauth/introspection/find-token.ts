import type { Context } from '@/lib/context/context'
import { isHexToken, isOpaqueToken, sha256Hex } from '@/lib/core/secrets'
import { type FoundToken, oauthRoad } from '../oauth-road'

export type TokenKind = 'access_token' | 'refresh_token'
export type KnownToken = FoundToken & { kind: TokenKind }

/**
 * A live token, whoever's it is: the hint says what to try first and nothing else (RFC 7009 §2.1, RFC 7662 §2.1). Tokens of
 * Family A are 32 hex, the others 256 bits in base64url; for anything else nothing is asked.
 */
export async function findToken(ctx: Context, token: string, hint: string | undefined): Promise<KnownToken | null> {
  if (!isHexToken(token) && !isOpaqueToken(token)) return null
  const kinds: TokenKind[] =
    hint === 'refresh_token' ? ['refresh_token', 'access_token'] : ['access_token', 'refresh_token']
  const { findAccessToken, findRefreshToken } = oauthRoad()
  for (const kind of kinds) {
    const road = kind === 'access_token' ? findAccessToken : findRefreshToken
    const found = await road.submit({ tokenHash: sha256Hex(token), now: ctx.now })
    if (found) return { ...found, kind }
  }
  return null
}
