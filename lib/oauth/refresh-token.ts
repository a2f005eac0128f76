import { sql } from 'drizzle-orm'
import { database } from '@/db/client'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { openUnder, sealUnder } from '@/lib/core/seal'
import { equalBytes, isHexToken, newHexToken, sha256, sha256Hex, toHex } from '@/lib/core/secrets'
import { markSecretUse } from '@/lib/credentials/mark-secret-use'
import { markUsage } from '@/lib/credentials/mark-usage'
import { refuseClient } from './refuse-client'
import { FIND_ROTATION } from './statements'
import {
  ACCESS_TOKEN_TTL_SECONDS,
  REFRESH_GRACE_SECONDS,
  type TokenKind,
  type TokenPair,
  tokenPair,
} from './token-pair'
import { type RefreshOutcome, tokenRoad } from './token-road'

export type RefreshTokenInput = {
  kind: TokenKind
  clientId: string
  clientSecret: string
  refreshToken: string
  /** The current access token of the pair, expired or not; null when the request carried none. */
  accessToken: string | null
}

/**
 * `PUT /oa2/v1/cc/token` and `PUT /oa2/v1/ac/token` (seed 004). One conditional statement moves the family to a new pair;
 * of concurrent calls with one refresh token one moves it and the others get the same new pair, for 30 s. Later use of a
 * used refresh token revokes the family (RFC 9700 §4.14.2), which is committed before the refusal is thrown.
 * @throws DomainError `wrong-credentials` or `too-many-attempts`; OverloadedError.
 */
export async function refreshToken(ctx: Context, input: RefreshTokenInput): Promise<TokenPair> {
  if (!isHexToken(input.clientId)) return refuseClient(ctx, input.clientId, 'the key is not a key')
  const next = { access: newHexToken(), refresh: newHexToken() }
  const old = { refresh: sha256(input.refreshToken), access: sha256(input.accessToken ?? '') }
  const outcome = await tokenRoad().refresh[input.kind].submit({
    clientId: input.clientId,
    secretHash: sha256Hex(input.clientSecret),
    oldRefreshHash: toHex(old.refresh),
    oldAccessHash: toHex(old.access),
    newRefreshHash: sha256Hex(next.refresh),
    newAccessHash: sha256Hex(next.access),
    successorSealed: toHex(sealSuccessor(input.refreshToken, next)),
    now: ctx.now,
  })
  if (outcome.secretId === null) return refuseClient(ctx, input.clientId, 'no live secret of this key fits')
  if (!(await markSecretUse(ctx, outcome.secretId))) {
    return refuseClient(ctx, input.clientId, 'the secret was revoked meanwhile')
  }
  markUsage(input.clientId, ctx)
  if (!outcome.allowed) return answerUsedToken(ctx, input, outcome, old)
  if (outcome.connectionId !== null) markUsage(outcome.connectionId, ctx)
  return tokenPair(next.access, next.refresh)
}

type Rotation = {
  family_id: string
  access_hash: Buffer
  late: boolean
  age_seconds: number
  successor_sealed: Buffer | null
  application_id: string
  environment: string
  revoked_at: Date | null
  connection_id: string | null
  alive: boolean
}

async function answerUsedToken(
  ctx: Context,
  input: RefreshTokenInput,
  client: RefreshOutcome,
  old: { refresh: Buffer; access: Buffer },
): Promise<TokenPair> {
  const [rotation] = await database().sql.unsafe<Rotation[]>(FIND_ROTATION, [
    ctx.now,
    old.refresh.toString('hex'),
    REFRESH_GRACE_SECONDS,
  ])
  const ofThisClient = rotation?.application_id === client.applicationId && rotation?.environment === client.environment
  const refuse = (detail: string) => refuseClient(ctx, input.clientId, detail)
  if (!rotation || !ofThisClient) return refuse('the refresh token or the access token does not fit')
  if ((rotation.connection_id !== null) !== (input.kind === 'connection')) return refuse('a token of the other kind')
  if (rotation.revoked_at !== null || !rotation.alive) return refuse('the refresh family is revoked or has ended')

  if (rotation.late) {
    await revokeFamily(ctx, rotation, 'refresh-token-reused')
    return refuse('a refresh token was used again: its family is revoked')
  }
  if (!equalBytes(rotation.access_hash, old.access) || rotation.successor_sealed === null) {
    return refuse('a used refresh token without the access token of its pair')
  }
  const successor = openSuccessor(input.refreshToken, rotation.successor_sealed)
  return tokenPair(successor.access, successor.refresh, ACCESS_TOKEN_TTL_SECONDS - rotation.age_seconds)
}

async function revokeFamily(ctx: Context, rotation: Rotation, reason: string): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const revoked = await tx.execute(sql`
      update token_families set revoked_at = ${ctx.now.toISOString()}::timestamptz, revoked_reason = ${reason}
      where id = ${rotation.family_id} and revoked_at is null returning id`)
    if (revoked.length === 0) return
    await recordEvent(tx, ctx, {
      action: 'token-family.revoked',
      applicationId: rotation.application_id,
      environment: rotation.environment,
      subjectId: rotation.connection_id ?? rotation.application_id,
      data: { reason, familyId: rotation.family_id },
    })
  })
}

/** The successor is sealed under the used token itself: only who presents it again can read it (security.md, Credentials). */
function sealSuccessor(refreshToken: string, next: { access: string; refresh: string }): Buffer {
  return sealUnder(refreshToken, 'refresh-successor', `${next.access}${next.refresh}`, '')
}

function openSuccessor(refreshToken: string, sealed: Buffer): { access: string; refresh: string } {
  const opened = openUnder(refreshToken, 'refresh-successor', sealed, '')
  if (opened === null) throw new Error('a sealed successor does not open with its own token')
  return { access: opened.slice(0, 32), refresh: opened.slice(32) }
}
