import { conflict, DomainError, forbidden } from '@/lib/core/errors'

/** One answer for a token that was never made, was changed on its way, or is no token at all. */
export function unknownToken(): DomainError {
  return new DomainError(
    'not-found',
    'import-token-unknown',
    'This code is not one of ours, or it is incomplete. Scan it again or ask for a new one.',
  )
}

export function expiredToken(): DomainError {
  return new DomainError(
    'gone',
    'import-token-expired',
    'This code has expired: it works for five minutes. Start again where you saw it and scan the new one.',
  )
}

export function cancelledToken(): DomainError {
  return new DomainError(
    'gone',
    'disposition-cancelled',
    'This request was cancelled where it was started. Start again there if you still want it.',
  )
}

export function alreadyImported(): DomainError {
  return conflict(
    'already-imported',
    'Somebody has already opened this code on their device, so it cannot be opened again. If that was not you, cancel it where you saw it.',
  )
}

export function notTheInitiator(): DomainError {
  return forbidden(
    'importer-not-initiator',
    'Only the person who started this, on their own page, can open it. Sign in with the same account there and here.',
  )
}

/** The disposition has left the state that the act needs. */
export function noLongerOpen(detail: string): DomainError {
  return conflict('disposition-ended', 'This request can no longer be decided. Start again where you saw it.', detail)
}

export function numberMissing(): DomainError {
  return conflict('number-missing', 'Enter the two-digit number from the other screen first.')
}

export function tooManyOpen(retryAfterSeconds: number): DomainError {
  return new DomainError(
    'conflict',
    'open-requests-limit',
    'Too many requests are open. Cancel one, or wait until one is decided or expires.',
    { retryAfterSeconds },
  )
}

export function notPrepared(): DomainError {
  return conflict('acceptance-not-prepared', 'What you were about to sign has changed. Read it again and accept again.')
}
