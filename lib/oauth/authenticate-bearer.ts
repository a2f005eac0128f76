import type { ApplicationActor, Context } from '@/lib/context/context'
import { isHexToken, sha256Hex } from '@/lib/core/secrets'
import { markUsage } from '@/lib/credentials/mark-usage'
import { wrongCredentials } from './errors'
import type { TokenKind } from './token-pair'
import { tokenRoad } from './token-road'

/**
 * The application behind a Bearer token of Family A. One statement, shared with other requests, joins the token with its
 * family, secret, application, connection and the granting person's membership: all must be alive now.
 * @throws DomainError `wrong-credentials`
 */
export async function authenticateBearer(
  ctx: Context,
  accessToken: string | null,
  kind: TokenKind | 'any',
): Promise<ApplicationActor> {
  if (accessToken === null || !isHexToken(accessToken)) throw wrongCredentials('no bearer token, or not one of ours')
  const token = await tokenRoad().validate.submit({ accessHash: sha256Hex(accessToken), now: ctx.now })
  if (!token) throw wrongCredentials('the access token is unknown, expired or revoked')
  const kindFits = kind === 'any' || (token.connectionId !== null) === (kind === 'connection')
  if (!kindFits) throw wrongCredentials(`not ${kind === 'application' ? 'an application' : 'a connection'} token`)
  markUsage(token.secretId, ctx)
  if (token.connectionId !== null) markUsage(token.connectionId, ctx)
  return {
    kind: 'application',
    applicationId: token.applicationId,
    environment: token.environment,
    clientId: token.clientId,
    secretId: token.secretId,
    familyId: token.familyId,
    connectionId: token.connectionId,
  }
}
