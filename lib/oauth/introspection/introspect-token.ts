import type { Context } from '@/lib/context/context'
import { markUsage } from '@/lib/credentials/mark-usage'
import { issuer } from '../issuer'
import type { Parameters } from '../parameters'
import { findToken, type KnownToken } from './find-token'
import {
  type AskedToken,
  reasonAgainst,
  type TokenCheck,
  tokenIsAlive,
  tokenIsNamed,
  tokenIsTheCallers,
} from './token-checks'

/** RFC 7662 §2.2 */
export type Introspection = { active: false } | ({ active: true } & Record<string, unknown>)

const INACTIVE: Introspection = { active: false }

const CHECKS: readonly TokenCheck[] = [
  tokenIsNamed, // RFC 7662 §2.1
  tokenIsAlive, // RFC 7662 §2.2
  tokenIsTheCallers, // RFC 7662 §2.2: "not allowed to know about this particular token"
  somethingIsGranted, // RFC 7662 §2.2
]

/** The token that a request names. Its failure, if any, waits until the client is known. */
export function lookUpToken(ctx: Context, { token, token_type_hint: hint }: Parameters): Promise<KnownToken | null> {
  const pending = token === undefined ? Promise.resolve(null) : findToken(ctx, token, hint)
  pending.catch(() => undefined)
  return pending
}

/**
 * What a caller may know of a token: an application of its own, of Family A too; a core of all, with the person and the Customer
 * behind it by their pseudonymous ids. Any other token is inactive, as one that does not exist. A core asks because the
 * token was used: that counts as a use of the consent behind it.
 * @throws DomainError `invalid_request`
 */
export function introspectToken(ctx: Context, asked: AskedToken): Introspection {
  if (reasonAgainst(ctx, CHECKS, asked) !== null) return INACTIVE
  const token = asked.token as KnownToken
  const isCore = asked.caller.kind === 'core'
  if (isCore && token.consentId !== null) markUsage(token.consentId, ctx)
  return describe(token, isCore)
}

/** What the person has since taken out of the consent is no longer granted. */
function somethingIsGranted({ token }: AskedToken): string | null {
  return token?.scopes?.length === 0 && !token.authorizationDetails ? 'nothing of its scopes is granted any more' : null
}

function describe(token: KnownToken, isToldAll: boolean): Introspection {
  const { scopes, authorizationDetails, certificateSha256, jwkThumbprint } = token
  return {
    active: true,
    scope: (scopes ?? ['app']).join(' '),
    client_id: token.clientId,
    ...(token.kind === 'access_token' ? { token_type: jwkThumbprint === null ? 'Bearer' : 'DPoP' } : {}),
    exp: token.expiresAt,
    iat: token.issuedAt,
    iss: issuer(),
    ...(authorizationDetails ? { authorization_details: authorizationDetails } : {}),
    ...confirmation(certificateSha256, jwkThumbprint),
    ...(isToldAll ? behind(token) : {}),
  }
}

/** RFC 8705 §3.2, RFC 9449 §6.2 */
function confirmation(certificateSha256: string | null, jwkThumbprint: string | null): Record<string, unknown> {
  if (certificateSha256 === null && jwkThumbprint === null) return {}
  const encoded = (hex: string) => Buffer.from(hex, 'hex').toString('base64url')
  return {
    cnf: {
      ...(certificateSha256 === null ? {} : { 'x5t#S256': encoded(certificateSha256) }),
      ...(jwkThumbprint === null ? {} : { jkt: encoded(jwkThumbprint) }),
    },
  }
}

/** Whose data it reaches: for the institution's own servers alone. */
function behind(token: KnownToken): Record<string, unknown> {
  const { personId, customerId, consentId, connectionId, authTime, amr } = token
  return {
    environment: token.environment,
    ...(personId === null ? {} : { sub: personId }),
    ...(customerId === null ? {} : { customer_id: customerId }),
    ...(consentId === null ? {} : { consent_id: consentId }),
    ...(connectionId === null ? {} : { connection_id: connectionId }),
    ...(authTime === null ? {} : { auth_time: Math.floor(authTime.getTime() / 1000) }),
    ...(amr === null ? {} : { amr }),
  }
}
