import { equalBytes, isOpaqueToken, sha256 } from '@/lib/core/secrets'
import { invalidGrant, oauthRefusal } from '../errors'
import { type Check, runChecks } from '../run-checks'
import { ACCESS_TOKEN_TTL_SECONDS } from '../token-pair'
import * as store from './authorization-code-store'
import { familiesAsJson, newFamily } from './minted-family'
import { revokeFamilies } from './revoke-families'
import { newPair, type TokenAnswer, tokenAnswer } from './token-answer'
import type { TokenRequest } from './token-request'

/** Further Customers that were chosen in the same visit: a token each (seed 002: a token never reaches two). */
export type AdditionalToken = TokenAnswer & { consent_id: string }
export type ExchangeAnswer = TokenAnswer & { additional_tokens?: AdditionalToken[] }

type State = TokenRequest & { codeHash: Buffer; code: store.StoredCode; verifier: string | null; redirectUri: string }

/** RFC 6749 §4.1.3 and what the RFCs beside the checks add; the exchange itself is decided by the statement after them. */
const CHECKS: readonly Check<State>[] = [
  codeIsTheClients,
  codeWasNotUsed, // RFC 6749 §4.1.2
  codeHasNotExpired, // RFC 6749 §4.1.2
  redirectUriIsTheSame, // RFC 6749 §4.1.3
  verifierFits, // RFC 7636 §4.6, RFC 9700 §2.1.1
  senderIsTheOneBound, // RFC 8705 §3, RFC 9449 §10
  consentIsAlive,
]

/**
 * `grant_type=authorization_code`: tokens for a code, once. Of concurrent exchanges one wins; any other is a reuse and ends
 * what the code minted (RFC 6749 §4.1.2), which is committed before the refusal.
 * @throws DomainError `invalid_request`, `invalid_grant`
 */
export async function exchangeCode(request: TokenRequest): Promise<ExchangeAnswer> {
  const { ctx, parameters } = request
  const { code: plain, code_verifier: verifier = null } = parameters
  const redirectUri = redirectUriOf(request)
  if (plain === undefined) throw oauthRefusal('invalid_request', 'code is missing.')
  // RFC 7636 §4.1
  if (verifier !== null && !/^[A-Za-z0-9._~-]{43,128}$/.test(verifier)) {
    throw oauthRefusal('invalid_request', 'code_verifier is not one.')
  }
  if (!isOpaqueToken(plain)) throw invalidGrant('the code is not one of ours')
  const codeHash = sha256(plain)
  const code = await store.findCode(ctx.db, codeHash, ctx.now)
  if (!code) throw invalidGrant('there is no such code')
  const state: State = { ...request, codeHash, code, verifier, redirectUri }
  await runChecks(CHECKS, state)
  return mint(state)
}

/** contract.md, Family B: by either name. */
function redirectUriOf({ parameters }: TokenRequest): string {
  const { redirect_uri: uri, redirect_url: url } = parameters
  const given = uri ?? url
  if (given === undefined) throw oauthRefusal('invalid_request', 'redirect_uri is missing.')
  if (url !== undefined && url !== given) throw oauthRefusal('invalid_request', 'redirect_uri and redirect_url differ.')
  return given
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

function redirectUriIsTheSame({ code, redirectUri }: State): void {
  if (code.redirectUri !== redirectUri) throw invalidGrant('redirect_uri is not that of the authorization request')
}

function verifierFits({ code, verifier }: State): void {
  if (code.codeChallenge === null) {
    if (verifier !== null) throw invalidGrant('a code_verifier for a request without code_challenge')
    return
  }
  if (verifier === null) throw invalidGrant('code_verifier is missing')
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

async function mint(state: State): Promise<ExchangeAnswer> {
  const { ctx, caller, sender, code, codeHash } = state
  const minted = code.grants
    .filter(({ isAlive }) => isAlive)
    .map(({ position, consentId, scopes, authorizationDetails }) => {
      const pair = newPair()
      const details = code.hasDetails ? authorizationDetails : null
      const consent = { id: consentId, authorizationDetails: details }
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
