import { oauthRefusal } from '../errors'
import { oauthRoad } from '../oauth-road'
import { readScope } from '../parameters'
import { newFamily } from './minted-family'
import { newPair, type TokenAnswer, tokenAnswer } from './token-answer'
import type { TokenRequest } from './token-request'

/** What an application may do as itself, whatever it has subscribed to; also where it asks for nothing. */
export const OWN_SCOPE = 'app'

/**
 * `grant_type=client_credentials` (RFC 6749 §4.4): a token of the application itself, without a refresh token. It may name
 * `app` and what it has subscribed to; without a consent behind them, data scopes reach nobody's data.
 * @throws DomainError `invalid_scope`; OverloadedError
 */
export async function issueClientToken({ ctx, caller, sender, parameters }: TokenRequest): Promise<TokenAnswer> {
  const scopes = parameters.scope === undefined ? [OWN_SCOPE] : readScope(parameters.scope)
  const refused =
    scopes === null || scopes.length === 0 || !scopes.every((one) => one === OWN_SCOPE || caller.scopes.includes(one))
  if (refused) {
    const detail = `client_credentials for scope ${parameters.scope}`
    throw oauthRefusal('invalid_scope', 'The application has not subscribed to that scope.', detail)
  }
  const pair = newPair()
  const family = newFamily({ caller, sender, pair, scopes, now: ctx.now, consent: null })
  await oauthRoad().mint.submit({ ...family, now: ctx.now })
  const { jwkThumbprint } = sender
  return tokenAnswer({ access: pair.access, refresh: null, scopes, jwkThumbprint, authorizationDetails: null })
}
