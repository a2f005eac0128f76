import { database } from '@/db/client'
import { SCOPES } from '@/lib/applications/schema'
import { openUnder, sealUnder } from '@/lib/core/seal'
import type { Environment, Hex } from '@/lib/core/secrets'
import { isOpaqueToken, sha256Hex, toHex } from '@/lib/core/secrets'
import { markUsage } from '@/lib/credentials/mark-usage'
import { invalidGrant, oauthRefusal } from '../errors'
import { effectiveScopes, type FoundToken, oauthRoad, type RefreshedFamily } from '../oauth-road'
import { FIND_USED_TOKEN } from '../oauth-statements'
import { readScope } from '../parameters'
import { type Check, runChecks } from '../run-checks'
import { ACCESS_TOKEN_TTL_SECONDS, REFRESH_GRACE_SECONDS } from '../token-pair'
import { readAskedDetails, requireGrantedDetails } from './asked-details'
import { OWN_SCOPE } from './issue-client-token'
import { revokeFamilies } from './revoke-families'
import { type NewPair, newPair, type TokenAnswer, tokenAnswer } from './token-answer'
import type { TokenRequest } from './token-request'

type Asked = TokenRequest & {
  /** The refresh token, and the scopes that are asked for; empty: whatever was granted. */
  old: string
  scopes: readonly string[]
}

/** What a request must be before anything moves. */
const REQUEST_CHECKS: readonly Check<Asked>[] = [
  tokenIsThere, // RFC 6749 §6
  scopeIsAList, // RFC 6749 §3.3
  scopeIsOneOfOurs, // RFC 6749 §6
  tokenIsOneOfOurs, // RFC 6749 §5.2, invalid_grant
  detailsWereGranted, // RFC 9396 §6
]

/** For a refresh token that moves no family: a request for too much, or whose token it was, then how long ago it was used. */
const CHECKS: readonly Check<State>[] = [
  scopeWasGranted, // RFC 6749 §6
  tokenIsTheClients, // RFC 6749 §6
  familyIsAlive, // security.md, Tokens and revocation
  isNotReused, // RFC 9700 §4.14.2
  senderIsTheSame, // security.md, Credentials
  successorIsKept, // contract.md: within 30 s
  scopeIsTheSuccessors, // RFC 6749 §6
  detailsAreTheSuccessors, // RFC 9396 §6
]

/**
 * `grant_type=refresh_token`. Profiles `legacy` and `standard` rotate: of concurrent calls one moves the family, the others get
 * the same new pair, for 30 s; later use of a used token revokes the family (RFC 9700 §4.14.2), which is committed before the
 * refusal. Profile `fapi2` keeps the refresh token and binds what it gives. A narrower `scope` is granted whole, and the
 * answer says so (RFC 6749 §3.3); a wider one leaves the refresh token as it is.
 * @throws DomainError `invalid_request`, `invalid_grant`, `invalid_scope`, `invalid_authorization_details`; OverloadedError
 */
export async function refreshFamily(request: TokenRequest): Promise<TokenAnswer> {
  const { ctx, caller, sender, parameters } = request
  const asked: Asked = {
    ...request,
    old: parameters.refresh_token ?? '',
    scopes: readScope(parameters.scope ?? '') ?? [],
  }
  await runChecks(REQUEST_CHECKS, asked)
  const { old } = asked
  const rotates = caller.profile !== 'fapi2'
  const pair = newPair()
  const { applicationId, environment, secretId, publicKeyId, chainId } = caller.actor
  const family = await oauthRoad()[rotates ? 'rotate' : 'extend'].submit({
    ...{ applicationId, environment },
    secretId: secretId ?? '',
    publicKeyId: publicKeyId ?? '',
    chainId: chainId ?? '',
    certificateSha256: sender.certificateSha256 ?? '',
    jwkThumbprint: sender.jwkThumbprint ?? '',
    askedScopes: asked.scopes,
    oldRefresh: sha256Hex(old),
    newRefresh: pair.refreshHash,
    newAccess: pair.accessHash,
    successor: rotates ? toHex(sealSuccessor(old, pair)) : ('' as Hex),
    now: ctx.now,
  })
  if (!family) return answerUsedToken(asked)
  return answerOf(request, family, { access: pair.access, refresh: rotates ? pair.refresh : old })
}

function tokenIsThere({ parameters }: Asked): void {
  if (parameters.refresh_token === undefined) throw oauthRefusal('invalid_request', 'refresh_token is missing.')
}

function scopeIsAList({ parameters }: Asked): void {
  if (parameters.scope !== undefined && readScope(parameters.scope) === null) {
    throw oauthRefusal('invalid_scope', 'scope is not a list of scopes.')
  }
}

function scopeIsOneOfOurs({ scopes }: Asked): void {
  if (!scopes.every((one) => one === OWN_SCOPE || (SCOPES as readonly string[]).includes(one))) throw widerScope()
}

function tokenIsOneOfOurs({ old }: Asked): void {
  if (!isOpaqueToken(old)) throw invalidGrant('the refresh token is not one of ours')
}

async function detailsWereGranted(asked: Asked): Promise<void> {
  const details = readAskedDetails(asked.parameters)
  if (details === null) return
  const family = await findUnused(asked)
  if (family) requireGrantedDetails(details, family.authorizationDetails)
}

/** Of a refresh token that nobody has used yet, where it is this client's with this certificate and key; else null. */
async function findUnused({ ctx, caller, sender, old }: Asked): Promise<FoundToken | null> {
  const { applicationId, environment } = caller.actor
  const found = await oauthRoad().findRefreshToken.submit({ tokenHash: sha256Hex(old), now: ctx.now })
  const isTheirs =
    found?.applicationId === applicationId &&
    found.environment === environment &&
    (found.certificateSha256 === null || sender.certificateSha256 !== null) &&
    (found.jwkThumbprint === null || found.jwkThumbprint === sender.jwkThumbprint)
  return isTheirs ? found : null
}

function widerScope() {
  return oauthRefusal('invalid_scope', 'More than was granted.', 'refresh with a wider scope')
}

type Given = Pick<NewPair, 'access' | 'refresh'>

function answerOf(
  { ctx, sender }: TokenRequest,
  family: Pick<RefreshedFamily, 'scopes' | 'authorizationDetails' | 'consentId'>,
  { access, refresh }: Given,
  expiresIn?: number,
): TokenAnswer {
  const { scopes, authorizationDetails, consentId } = family
  if (consentId !== null) markUsage(consentId, ctx)
  const { jwkThumbprint } = sender
  const parts = { access, refresh, scopes, jwkThumbprint, authorizationDetails }
  return tokenAnswer(expiresIn === undefined ? parts : { ...parts, expiresIn })
}

type UsedToken = {
  family_id: string
  late: boolean
  age_seconds: number
  successor_sealed: Buffer | null
  application_id: string
  environment: Environment
  revoked_at: Date | null
  scopes: string[]
  consent_id: string | null
  consent_scopes: string[] | null
  authorization_details: Record<string, unknown>[] | null
  certificate_sha256: Hex | null
  jwk_thumbprint: Hex | null
  alive: boolean
}

type State = { request: Asked; used: UsedToken | undefined; scopes: readonly string[] }

async function answerUsedToken(request: Asked): Promise<TokenAnswer> {
  const { now } = request.ctx
  const parameters = [now, sha256Hex(request.old), REFRESH_GRACE_SECONDS]
  const [used] = await database().sql.unsafe<UsedToken[]>(FIND_USED_TOKEN, parameters)
  const scopes = used ? effectiveScopes(used.scopes, used.consent_scopes) : []
  await runChecks(CHECKS, { request, used, scopes })
  const { successor_sealed: sealed, ...family } = used as UsedToken & { successor_sealed: Buffer }
  const lifetime = ACCESS_TOKEN_TTL_SECONDS - family.age_seconds
  const { authorization_details: authorizationDetails, consent_id: consentId } = family
  return answerOf(request, { scopes, authorizationDetails, consentId }, openSuccessor(request.old, sealed), lifetime)
}

async function scopeWasGranted({ request, used }: State): Promise<void> {
  if (used || request.scopes.length === 0) return
  const family = await findUnused(request)
  if (family && !request.scopes.every((one) => family.scopes?.includes(one))) throw widerScope()
}

function tokenIsTheClients({ used, request }: State): void {
  const { applicationId, environment } = request.caller.actor
  if (!used) throw invalidGrant('the refresh token is unknown, revoked or bound to something else')
  if (used.application_id !== applicationId || used.environment !== environment) {
    throw invalidGrant('the refresh token is of another client')
  }
}

function familyIsAlive({ used }: State): void {
  if (used?.revoked_at !== null || !used.alive) throw invalidGrant('the family of the refresh token has ended')
}

async function isNotReused({ used, request }: State): Promise<void> {
  if (!used?.late) return
  await revokeFamilies(request.ctx, [used.family_id], 'refresh-token-reused')
  throw invalidGrant('a refresh token was used again: its family is revoked')
}

function senderIsTheSame({ used, request }: State): void {
  const { certificateSha256, jwkThumbprint } = request.sender
  if (used?.certificate_sha256 !== certificateSha256 || used.jwk_thumbprint !== jwkThumbprint) {
    throw invalidGrant('a used refresh token with another certificate or DPoP key')
  }
}

function successorIsKept({ used }: State): void {
  if (!used?.successor_sealed) throw invalidGrant('the successor of the refresh token is not kept any more')
}

function scopeIsTheSuccessors({ request, scopes }: State): void {
  if (!request.scopes.every((one) => scopes.includes(one))) throw widerScope()
}

function detailsAreTheSuccessors({ request, used }: State): void {
  requireGrantedDetails(readAskedDetails(request.parameters), used?.authorization_details ?? null)
}

/** Sealed under the used token itself: only who presents it again can read it (security.md, Credentials). */
function sealSuccessor(refreshToken: string, { access, refresh }: NewPair): Buffer {
  return sealUnder(refreshToken, 'refresh-successor', `${access}${refresh}`, '')
}

function openSuccessor(refreshToken: string, sealed: Buffer): Given {
  const opened = openUnder(refreshToken, 'refresh-successor', sealed, '')
  if (opened === null) throw new Error('a sealed successor does not open with its own token')
  return { access: opened.slice(0, opened.length / 2), refresh: opened.slice(opened.length / 2) }
}
