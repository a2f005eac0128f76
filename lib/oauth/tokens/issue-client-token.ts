import { oauthRefusal } from '../errors'
import { oauthRoad } from '../oauth-road'
import { readScope } from '../parameters'
import { type Check, runChecks } from '../run-checks'
import { newFamily } from './minted-family'
import { newPair, type TokenAnswer, tokenAnswer } from './token-answer'
import type { TokenRequest } from './token-request'

/** What an application may do as itself, whatever it has subscribed to; also where it asks for nothing. */
export const OWN_SCOPE = 'app'

type State = TokenRequest & { scopes: readonly string[] }

const CHECKS: readonly Check<State>[] = [
  scopeIsAList, // RFC 6749 §3.3
  scopeIsTheirs, // RFC 6749 §4.4.2; contract.md: a scope without subscription
  noDetails, // RFC 9396 §6
]

/**
 * `grant_type=client_credentials` (RFC 6749 §4.4): a token of the application itself, without a refresh token. It may name
 * `app` and what it has subscribed to; without a consent behind them, data scopes reach nobody's data.
 * @throws DomainError `invalid_scope`, `invalid_authorization_details`; OverloadedError
 */
export async function issueClientToken(request: TokenRequest): Promise<TokenAnswer> {
  const { ctx, caller, sender, parameters } = request
  const scopes = readScope(parameters.scope ?? OWN_SCOPE) ?? []
  await runChecks(CHECKS, { ...request, scopes })
  const pair = newPair()
  const family = newFamily({ caller, sender, pair, scopes, now: ctx.now, consent: null })
  await oauthRoad().mint.submit({ ...family, now: ctx.now })
  const { jwkThumbprint } = sender
  return tokenAnswer({ access: pair.access, refresh: null, scopes, jwkThumbprint, authorizationDetails: null })
}

function scopeIsAList({ scopes }: State): void {
  if (scopes.length === 0) throw oauthRefusal('invalid_scope', 'scope is not a list of scopes.')
}

function scopeIsTheirs({ scopes, caller }: State): void {
  const foreign = scopes.find((one) => one !== OWN_SCOPE && !caller.scopes.includes(one))
  if (foreign === undefined) return
  throw oauthRefusal(
    'invalid_scope',
    'The application has not subscribed to that scope.',
    `no subscription to ${foreign}`,
  )
}

/** A payment is allowed by a person; nobody has been asked here. */
function noDetails({ parameters }: State): void {
  if (parameters.authorization_details === undefined) return
  throw oauthRefusal(
    'invalid_authorization_details',
    'More than was granted.',
    'authorization_details for the application itself',
  )
}
