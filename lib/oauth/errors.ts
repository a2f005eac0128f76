import { DomainError } from '@/lib/core/errors'
import { secondsUntil } from '@/lib/core/time'

/** Seed 004, "Errors handling": 401 code 700. One answer for every credential failure; `detail` says which, for the log. */
export function wrongCredentials(detail: string): DomainError {
  return new DomainError('unauthenticated', 'wrong-credentials', 'Wrong credentials', { detail })
}

/** Seed 004: 429 code 700 with Retry-After. */
export function tooManyAttempts(windowEndsAt: Date, now: Date, detail: string): DomainError {
  return new DomainError('rate-limited', 'too-many-attempts', 'Too many login attempts', {
    detail,
    retryAfterSeconds: Math.max(1, secondsUntil(windowEndsAt, now)),
  })
}
