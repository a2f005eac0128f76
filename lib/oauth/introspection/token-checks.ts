import type { Context } from '@/lib/context/context'
import { log } from '@/lib/log/log'
import type { Caller } from '../clients/authenticate-caller'
import { oauthRefusal } from '../errors'
import type { Parameters } from '../parameters'
import type { KnownToken } from './find-token'

export type AskedToken = { caller: Caller; parameters: Parameters; token: KnownToken | null }

/** Why a token is nothing to its caller, for the log alone; null where it passes. */
export type TokenCheck = (asked: AskedToken) => string | null

/** The first reason, or null; the answer is one and the same whatever it is (RFC 7662 §2.2, RFC 7009 §2.2). */
export function reasonAgainst(ctx: Context, checks: readonly TokenCheck[], asked: AskedToken): string | null {
  for (const check of checks) {
    const reason = check(asked)
    if (reason === null) continue
    log().info(
      { requestId: ctx.requestId, address: ctx.address, reason: 'inactive', detail: reason },
      'token not told of',
    )
    return reason
  }
  return null
}

/** @throws DomainError `invalid_request` */
export function tokenIsNamed({ parameters }: AskedToken): null {
  if (parameters.token === undefined) throw oauthRefusal('invalid_request', 'token is missing.')
  return null
}

export function tokenIsAlive({ token }: AskedToken): string | null {
  return token ? null : 'the token is unknown, expired or revoked'
}

export function tokenIsTheCallers({ caller, token }: AskedToken): string | null {
  if (caller.kind === 'core') return null
  const { applicationId, environment } = caller.actor
  return token?.applicationId === applicationId && token.environment === environment
    ? null
    : 'the token is of another application'
}
