import { database } from '@/db/client'
import { openUnder, sealUnder } from '@/lib/core/seal'
import type { Environment, Hex } from '@/lib/core/secrets'
import { isOpaqueToken, sha256Hex, toHex } from '@/lib/core/secrets'
import { invalidGrant, oauthRefusal } from '../errors'
import { effectiveScopes, oauthRoad, type RefreshedFamily } from '../oauth-road'
import { FIND_USED_TOKEN } from '../oauth-statements'
import { readScope } from '../parameters'
import { type Check, runChecks } from '../run-checks'
import { ACCESS_TOKEN_TTL_SECONDS, REFRESH_GRACE_SECONDS } from '../token-pair'
import { revokeFamilies } from './revoke-families'
import { type NewPair, newPair, type TokenAnswer, tokenAnswer } from './token-answer'
import type { TokenRequest } from './token-request'

/**
 * `grant_type=refresh_token`. Profiles `legacy` and `standard` rotate: of concurrent calls one moves the family, the others get
 * the same new pair, for 30 s; later use of a used token revokes the family (RFC 9700 §4.14.2), which is committed before the
 * refusal. Profile `fapi2` keeps the refresh token and binds what it gives. A narrower `scope` is granted whole, and the
 * answer says so (RFC 6749 §3.3).
 * @throws DomainError `invalid_request`, `invalid_grant`, `invalid_scope`; OverloadedError
 */
export async function refreshFamily(request: TokenRequest): Promise<TokenAnswer> {
  const { ctx, caller, sender, parameters } = request
  const { refresh_token: old } = parameters
  if (old === undefined) throw oauthRefusal('invalid_request', 'refresh_token is missing.')
  const scope = parameters.scope === undefined ? null : readScope(parameters.scope)
  if (parameters.scope !== undefined && scope === null) {
    throw oauthRefusal('invalid_scope', 'scope is not a list of scopes.')
  }
  if (!isOpaqueToken(old)) throw invalidGrant('the refresh token is not one of ours')
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
    oldRefresh: sha256Hex(old),
    newRefresh: pair.refreshHash,
    newAccess: pair.accessHash,
    successor: rotates ? toHex(sealSuccessor(old, pair)) : ('' as Hex),
    now: ctx.now,
  })
  if (!family) return answerUsedToken(request, old, scope)
  return answerOf(request, family, scope, { access: pair.access, refresh: rotates ? pair.refresh : old })
}

type Given = Pick<NewPair, 'access' | 'refresh'>

/** RFC 6749 §6: not more than was granted. The pair stays good for who asked too much, as a repetition within its 30 s. */
function answerOf(
  { sender }: TokenRequest,
  family: Pick<RefreshedFamily, 'scopes' | 'authorizationDetails'>,
  asked: readonly string[] | null,
  { access, refresh }: Given,
  expiresIn?: number,
): TokenAnswer {
  const { scopes, authorizationDetails } = family
  if (asked !== null && !asked.every((one) => scopes.includes(one))) {
    throw oauthRefusal('invalid_scope', 'More than was granted.', 'refresh with a wider scope')
  }
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
  consent_scopes: string[] | null
  authorization_details: Record<string, unknown>[] | null
  certificate_sha256: Hex | null
  jwk_thumbprint: Hex | null
  alive: boolean
}

type State = { request: TokenRequest; used: UsedToken | undefined }

/** For a refresh token that moves no family: whose it was, then how long ago it was used. */
const CHECKS: readonly Check<State>[] = [
  tokenIsTheClients, // RFC 6749 §6
  familyIsAlive,
  isNotReused, // RFC 9700 §4.14.2
  senderIsTheSame, // security.md, Credentials
  successorIsKept,
]

async function answerUsedToken(request: TokenRequest, old: string, asked: string[] | null): Promise<TokenAnswer> {
  const { now } = request.ctx
  const [used] = await database().sql.unsafe<UsedToken[]>(FIND_USED_TOKEN, [now, sha256Hex(old), REFRESH_GRACE_SECONDS])
  await runChecks(CHECKS, { request, used })
  const { successor_sealed: sealed, ...family } = used as UsedToken & { successor_sealed: Buffer }
  const lifetime = ACCESS_TOKEN_TTL_SECONDS - family.age_seconds
  const scopes = effectiveScopes(family.scopes, family.consent_scopes)
  const details = { scopes, authorizationDetails: family.authorization_details }
  return answerOf(request, details, asked, openSuccessor(old, sealed), lifetime)
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

/** Sealed under the used token itself: only who presents it again can read it (security.md, Credentials). */
function sealSuccessor(refreshToken: string, { access, refresh }: NewPair): Buffer {
  return sealUnder(refreshToken, 'refresh-successor', `${access}${refresh}`, '')
}

function openSuccessor(refreshToken: string, sealed: Buffer): Given {
  const opened = openUnder(refreshToken, 'refresh-successor', sealed, '')
  if (opened === null) throw new Error('a sealed successor does not open with its own token')
  return { access: opened.slice(0, opened.length / 2), refresh: opened.slice(opened.length / 2) }
}
