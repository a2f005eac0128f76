import { conflict, type DomainError, forbidden, invalid } from '@/lib/core/errors'

export function nothingAllowed(): DomainError {
  return invalid('scopes', 'nothing-allowed', 'Allow at least one of the things asked for, or deny them all.')
}

export function ownerRequired(): DomainError {
  return forbidden('owner-required', 'You can look, but only an owner can change this. Ask one of the owners.')
}

/** The SCA that a consent rests on is over (security.md, Identity and SCA: "granting anything"). */
export function stepUpRequired(): DomainError {
  return forbidden('step-up-required', 'Confirm that it is you, then this goes on.')
}

export function applicationStopped(): DomainError {
  return conflict('application-suspended', 'This application has been stopped and cannot be allowed anything. Refuse.')
}

export function giverRequired(): DomainError {
  return forbidden('giver-required', 'Only the person who gave this consent can renew it. You can revoke it.')
}

export function consentOver(): DomainError {
  return conflict('consent-over', 'This consent has ended and cannot be renewed. Start again with the application.')
}
