import { conflict, type DomainError, invalid } from '@/lib/core/errors'

/** `member` is part of the message: contract.md wants a 400 to name it. */
export function badReturnUrl(problem: string): DomainError {
  return invalid('return_url', 'return-url-invalid', `"return_url" ${problem}.`)
}

export function foreignReturnUrl(): DomainError {
  return badReturnUrl('has a host that is not among the callbacks registered for this environment')
}

export function accountUnknown(): DomainError {
  return invalid('accountId', 'account-unknown', 'Choose one of your own open accounts in this environment.')
}

export function applicationSuspended(): DomainError {
  return conflict(
    'application-cannot-connect',
    'This application is suspended and cannot be connected. Ask the operators why.',
  )
}

export function profileWithoutConnections(): DomainError {
  return conflict(
    'profile-without-connections',
    'Applications with the FAPI 2.0 profile do not use Connections. Change the profile, or use an authorization request.',
  )
}

export function grantImpossible(): DomainError {
  return conflict(
    'grant-impossible',
    'This can no longer be granted: the account, your role or the application has changed. Start again.',
  )
}

export function connectionEnded(status: string): DomainError {
  return conflict('connection-ended', `This Connection is ${status} and cannot be cancelled.`)
}
