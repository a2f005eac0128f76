import { DomainError, forbidden, invalid } from '@/lib/core/errors'

// One answer for an unknown address, a wrong password and a disabled person; `detail` says which.
export function credentialsWrong(detail: string, lastTry: boolean): DomainError {
  return lastTry
    ? new DomainError(
        'unauthenticated',
        'credentials-wrong-last-try',
        'E-mail or password is wrong. One more failure locks the password for a while.',
        { detail },
      )
    : new DomainError('unauthenticated', 'credentials-wrong', 'E-mail or password is wrong. Try again.', { detail })
}

export function codeWrong(detail: string, lastTry: boolean): DomainError {
  return new DomainError(
    'unauthenticated',
    lastTry ? 'code-wrong-last-try' : 'code-wrong',
    lastTry
      ? 'That code is wrong or used up. One more failure locks codes for a while.'
      : 'That code is wrong or used up. Check it and try again.',
    { detail, field: 'code' },
  )
}

export function methodLocked(retryAfterSeconds: number): DomainError {
  return new DomainError(
    'rate-limited',
    'method-locked',
    'Too many failures. Wait and try again, or use another way to sign in.',
    { retryAfterSeconds },
  )
}

export function tooManyRequests(retryAfterSeconds: number): DomainError {
  return new DomainError('rate-limited', 'too-many-requests', 'Too many tries from here. Wait and try again.', {
    retryAfterSeconds,
  })
}

export function attemptOver(detail: string): DomainError {
  return new DomainError('gone', 'sign-in-over', 'This sign-in took too long or was used. Begin again.', { detail })
}

export function linkDead(detail: string): DomainError {
  return new DomainError('gone', 'link-dead', 'This link was used or is too old. Ask for a new one.', { detail })
}

export function passwordUnfit(reason: 'password-common' | 'password-personal'): DomainError {
  return invalid(
    'password',
    reason,
    reason === 'password-common'
      ? 'This password is among the first that others would try. Choose another.'
      : 'Leave your name and address out of the password.',
  )
}

export function passkeyRefused(detail: string, cause?: unknown): DomainError {
  return new DomainError('invalid', 'passkey-refused', 'That passkey was not accepted. Try again or use another.', {
    detail,
    cause,
  })
}

export function lastFactor(): DomainError {
  return forbidden('last-factor', 'This is your last authenticator. Add another before you remove it.')
}

export function methodNotOffered(): DomainError {
  return forbidden('method-not-offered', 'Use your passkey or your authenticator app.')
}
