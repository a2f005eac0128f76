import type { Context } from '@/lib/context/context'
import { newFamilyId } from '@/lib/core/new-family-id'
import { isHexToken, newHexToken, sha256Hex } from '@/lib/core/secrets'
import { markSecretUse } from '@/lib/credentials/mark-secret-use'
import { markUsage } from '@/lib/credentials/mark-usage'
import { refuseClient } from './refuse-client'
import { type TokenPair, tokenPair } from './token-pair'
import { tokenRoad } from './token-road'

export type IssueTokenInput = {
  clientId: string
  clientSecret: string
  /** The Connection Code, for a connection token; null for an application token. */
  code: string | null
}

const NO_CODE = ''

/**
 * `POST /oa2/v1/cc/token` and `POST /oa2/v1/ac/token` (seed 004). The client is authenticated and the pair inserted by one
 * statement that other requests share; the pair is durable when it is returned. A Connection Code stays valid.
 * @throws DomainError `wrong-credentials` (401) or `too-many-attempts` (429) whatever is wrong; OverloadedError.
 */
export async function issueToken(ctx: Context, input: IssueTokenInput): Promise<TokenPair> {
  if (!isHexToken(input.clientId)) return refuseClient(ctx, input.clientId, 'the key is not a key')
  const accessToken = newHexToken()
  const refreshToken = newHexToken()
  const outcome = await tokenRoad().issue[input.code === null ? 'application' : 'connection'].submit({
    clientId: input.clientId,
    secretHash: sha256Hex(input.clientSecret),
    codeHash: input.code === null ? NO_CODE : sha256Hex(input.code),
    familyId: newFamilyId(ctx.now.getTime()),
    accessHash: sha256Hex(accessToken),
    refreshHash: sha256Hex(refreshToken),
    now: ctx.now,
  })
  if (outcome.secretId === null) return refuseClient(ctx, input.clientId, 'no live secret of this key fits')
  if (!outcome.allowed) {
    return refuseClient(ctx, input.clientId, 'the connection code is unknown, revoked or of another application')
  }
  if (!(await markSecretUse(ctx, outcome.secretId))) {
    return refuseClient(ctx, input.clientId, 'the secret was revoked meanwhile')
  }
  markUsage(input.clientId, ctx)
  if (outcome.connectionId !== null) markUsage(outcome.connectionId, ctx)
  return tokenPair(accessToken, refreshToken)
}
