import { DomainError } from '@/lib/core/errors'
import { secondsUntil } from '@/lib/core/time'

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
