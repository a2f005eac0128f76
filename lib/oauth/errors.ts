import { DomainError } from '@/lib/core/errors'
import { secondsUntil } from '@/lib/core/time'
import { AUTHORIZATION_ERRORS } from './authorization/schema'

/** Seed 004, "Errors handling": 401 code 700. One answer for every credential failure; `detail` says which, for the log. */
export function wrongCredentials(detail: string): DomainError {
  return new DomainError('unauthenticated', 'wrong-credentials', 'Wrong credentials', { detail })
}

/** How long failures of one client are counted together (contract.md, Family A). */
export const FAILURE_WINDOW_SECONDS = 60

/** Seed 004: 429 code 700 with Retry-After. A window may begin at a neighbor's moment, a little after `now`. */
export function tooManyAttempts(windowEndsAt: Date, now: Date, detail: string): DomainError {
  return new DomainError('rate-limited', 'too-many-attempts', 'Too many login attempts', {
    detail,
    retryAfterSeconds: Math.min(Math.max(1, secondsUntil(windowEndsAt, now)), FAILURE_WINDOW_SECONDS),
  })
}

/**
 * RFC 6749 §5.2, RFC 9396 §5, RFC 9449 §5; of a pushed request also those of an authorization request (RFC 9126 §2.3). Without
 * `invalid_client`, which has one message: that of `wrongCredentials`.
 */
export const OAUTH_ERRORS = [
  ...AUTHORIZATION_ERRORS,
  'invalid_grant',
  'unsupported_grant_type',
  'invalid_dpop_proof',
] as const
export type OauthError = (typeof OAUTH_ERRORS)[number]

/**
 * A refusal of `/oauth2/*`. `message` goes out as `error_description` and says no more than the client may know; `detail` is
 * the exact reason, for the log.
 */
export function oauthRefusal(error: OauthError, message: string, detail: string = message): DomainError {
  return new DomainError('invalid', error, message, { detail })
}

/** RFC 6749 §5.2. One answer for every grant that is not good: which check it failed is in the log alone. */
export function invalidGrant(detail: string): DomainError {
  return oauthRefusal('invalid_grant', 'The grant is wrong, used up, expired, revoked or not yours.', detail)
}
