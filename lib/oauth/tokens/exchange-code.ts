import { equalBytes, isOpaqueToken, sha256 } from '@/lib/core/secrets'
import { markUsage } from '@/lib/credentials/mark-usage'
import { invalidGrant, oauthRefusal } from '../errors'
import { type Check, runChecks } from '../run-checks'
import { ACCESS_TOKEN_TTL_SECONDS } from '../token-pair'
import { readAskedDetails, requireGrantedDetails } from './asked-details'
import * as store from './authorization-code-store'
import { familiesAsJson, newFamily } from './minted-family'
import { revokeFamilies } from './revoke-families'
import { newPair, type TokenAnswer, tokenAnswer } from './token-answer'
import type { TokenRequest } from './token-request'

/** Further Customers that were chosen in the same visit: a token each (seed 002: a token never reaches two). */
export type AdditionalToken = TokenAnswer & { consent_id: string }
export type ExchangeAnswer = TokenAnswer & { additional_tokens?: AdditionalToken[] }

type Presented = TokenRequest & { codeHash: Buffer; code: store.StoredCode | null }

/** Of the request, up to the code that it names. */
const REQUEST_CHECKS: readonly Check<Presented>[] = [
  redirectUriIsThere, // contract.md, Family B: required, by either name
  redirectUriIsOne, // contract.md, Family B
  codeIsThere, // RFC 6749 §4.1.3
  verifierIsOne, // RFC 7636 §4.1
  detailsAreReadable, // RFC 9396 §6
  codeIsOneOfOurs, // RFC 6749 §5.2, invalid_grant
  codeIsKnown, // RFC 6749 §5.2, invalid_grant
]

type State = Presented & { code: store.StoredCode }

/** RFC 6749 §4.1.3 and what the RFCs beside the checks add; the exchange itself is decided by the statement after them. */
const CODE_CHECKS: readonly Check<State>[] = [
  codeIsTheClients, // RFC 6749 §4.1.3
  codeWasNotUsed, // RFC 6749 §4.1.2
  codeHasNotExpired, // RFC 6749 §4.1.2
  redirectUriIsTheSame, // RFC 6749 §4.1.3
  verifierFits, // RFC 7636 §4.6, RFC 9700 §2.1.1
  senderIsTheOneBound, // RFC 8705 §3, RFC 9449 §10
  consentIsAlive, // security.md, Tokens and revocation
  detailsWereGranted, // RFC 9396 §6
]

/**
 * `grant_type=authorization_code`: tokens for a code, once. Of concurrent exchanges one wins; any other is a reuse and ends
 * what the code minted (RFC 6749 §4.1.2), which is committed before the refusal.
 * @throws DomainError `invalid_request`, `invalid_grant`, `invalid_authorization_details`
 */
export async function exchangeCode(request: TokenRequest): Promise<ExchangeAnswer> {
  const presented: Presented = { ...request, codeHash: sha256(request.parameters.code ?? ''), code: null }
  await runChecks(REQUEST_CHECKS, presented)
  const state = presented as State
  await runChecks(CODE_CHECKS, state)
  return mint(state)
}

function redirectUriIsThere({ parameters: { redirect_uri: uri, redirect_url: url } }: TokenRequest): void {
  if (uri === undefined && url === undefined) throw oauthRefusal('invalid_request', 'redirect_uri is missing.')
}

function redirectUriIsOne({ parameters: { redirect_uri: uri, redirect_url: url } }: TokenRequest): void {
  if (uri !== undefined && url !== undefined && uri !== url) {
    throw oauthRefusal('invalid_request', 'redirect_uri and redirect_url differ.')
  }
}

function codeIsThere({ parameters }: TokenRequest): void {
  if (parameters.code === undefined) throw oauthRefusal('invalid_request', 'code is missing.')
}

function verifierIsOne({ parameters: { code_verifier: verifier } }: TokenRequest): void {
  if (verifier !== undefined && !/^[A-Za-z0-9._~-]{43,128}$/.test(verifier)) {
    throw oauthRefusal('invalid_request', 'code_verifier is not one.')
  }
}

function detailsAreReadable({ parameters }: TokenRequest): void {
  readAskedDetails(parameters)
}

function codeIsOneOfOurs({ parameters: { code = '' } }: TokenRequest): void {
  if (!isOpaqueToken(code)) throw invalidGrant('the code is not one of ours')
}

async function codeIsKnown(presented: Presented): Promise<void> {
  const { ctx, codeHash } = presented
  presented.code = await store.findCode(ctx.db, codeHash, ctx.now)
  if (!presented.code) throw invalidGrant('there is no such code')
}

function codeIsTheClients({ caller, code }: State): void {
  const { applicationId, environment } = caller.actor
  if (code.applicationId !== applicationId || code.environment !== environment) {
    throw invalidGrant('the code is of another client')
  }
}

async function codeWasNotUsed(state: State): Promise<void> {
  if (state.code.exchangedAt !== null) await refuseReuse(state)
}

async function refuseReuse({ ctx, codeHash }: State): Promise<never> {
  await revokeFamilies(ctx, await store.listFamilies(ctx.db, codeHash), 'code-reused')
  throw invalidGrant('the code was used before: what it minted is revoked')
}

function codeHasNotExpired({ ctx, code }: State): void {
  if (code.expiresAt <= ctx.now) throw invalidGrant('the code has expired')
}

function redirectUriIsTheSame({ code, parameters: { redirect_uri: uri, redirect_url: url } }: State): void {
  if (code.redirectUri !== (uri ?? url)) throw invalidGrant('redirect_uri is not that of the authorization request')
}

function verifierFits({ code, parameters: { code_verifier: verifier } }: State): void {
  if (code.codeChallenge === null) {
    if (verifier !== undefined) throw invalidGrant('a code_verifier for a request without code_challenge')
    return
  }
  if (verifier === undefined) throw invalidGrant('code_verifier is missing')
  if (!equalBytes(sha256(verifier), Buffer.from(code.codeChallenge, 'base64url'))) {
    throw invalidGrant('code_verifier does not fit')
  }
}

function senderIsTheOneBound({ code, sender }: State): void {
  if (code.certificateSha256 !== null && code.certificateSha256 !== sender.certificateSha256) {
    throw invalidGrant('the code is bound to another certificate')
  }
  if (code.jwkThumbprint !== null && code.jwkThumbprint !== sender.jwkThumbprint) {
    throw invalidGrant('the code is bound to another DPoP key')
  }
}

function consentIsAlive({ code }: State): void {
  if (!code.grants[0]?.isAlive) throw invalidGrant('the consent has ended')
}

function detailsWereGranted({ code, parameters }: State): void {
  requireGrantedDetails(readAskedDetails(parameters), code.authorizationDetails)
}

async function mint(state: State): Promise<ExchangeAnswer> {
  const { ctx, caller, sender, code, codeHash } = state
  const minted = code.grants
    .filter(({ isAlive }) => isAlive)
    .map(({ position, consentId, scopes }) => {
      const pair = newPair()
      // RFC 9396 §7: those of this request, whatever the person has allowed since.
      const consent = { id: consentId, authorizationDetails: code.authorizationDetails }
      const family = newFamily({ caller, sender, pair, scopes, now: ctx.now, consent })
      return { position, pair, family }
    })
  const won = await ctx.db.transaction(async (tx) => {
    if (!(await store.consumeCode(tx, codeHash, ctx.now))) return false
    const families = familiesAsJson(minted.map(({ family }) => family))
    await store.mintIn(tx, ctx.now, families, ACCESS_TOKEN_TTL_SECONDS)
    for (const { position, family } of minted) await store.keepFamily(tx, codeHash, { position, familyId: family.id })
    return true
  })
  if (!won) return refuseReuse(state)
  for (const { family } of minted) markUsage(family.consentId as string, ctx)
  const [first, ...further] = minted.map(({ pair, family }) => ({
    answer: tokenAnswer({ ...family, access: pair.access, refresh: pair.refresh }),
    consentId: family.consentId as string,
  }))
  const additional = further.map(({ answer, consentId }) => ({ ...answer, consent_id: consentId }))
  return {
    ...(first as { answer: TokenAnswer }).answer,
    ...(additional.length > 0 ? { additional_tokens: additional } : {}),
  }
}
