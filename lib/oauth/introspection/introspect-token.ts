import type { Context } from '@/lib/context/context'
import type { Caller } from '../clients/authenticate-caller'
import { oauthRefusal } from '../errors'
import { issuer } from '../issuer'
import type { Parameters } from '../parameters'
import { findToken, type KnownToken } from './find-token'

/** RFC 7662 §2.2 */
export type Introspection = { active: false } | ({ active: true } & Record<string, unknown>)

const INACTIVE: Introspection = { active: false }

/** The token that a request names. Its failure, if any, waits until the client is known. @throws DomainError `invalid_request` */
export function lookUpToken(ctx: Context, parameters: Parameters): Promise<KnownToken | null> {
  const { token, token_type_hint: hint } = parameters
  const pending =
    token === undefined
      ? Promise.reject(oauthRefusal('invalid_request', 'token is missing.'))
      : findToken(ctx, token, hint)
  pending.catch(() => undefined)
  return pending
}

/**
 * What a caller may know of a token: an application of its own, of Family A too; a core of all, with the person and the Customer
 * behind it by their pseudonymous ids. Any other token is inactive, as one that does not exist.
 */
export function describeToken(caller: Caller, token: KnownToken | null): Introspection {
  if (!token || !mayKnow(caller, token)) return INACTIVE
  const { scopes, authorizationDetails, certificateSha256, jwkThumbprint } = token
  // What the person has since taken out of the consent is no longer granted.
  if (scopes?.length === 0 && !authorizationDetails) return INACTIVE
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
    ...(caller.kind === 'core' ? behind(token) : {}),
  }
}

function mayKnow(caller: Caller, { applicationId, environment }: KnownToken): boolean {
  if (caller.kind === 'core') return true
  return caller.actor.applicationId === applicationId && caller.actor.environment === environment
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
