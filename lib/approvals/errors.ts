import { DomainError, forbidden } from '@/lib/core/errors'
import { APPROVAL_HOURS, OPEN_REQUEST_LIMIT } from './schema'

export function secondMemberRequired(): DomainError {
  return forbidden(
    'second-member-required',
    `A second member has to approve this first. We have asked them: do it again within ${APPROVAL_HOURS} hours of their approval.`,
  )
}

export function secondMemberMissing(): DomainError {
  return forbidden(
    'second-member-missing',
    'This needs a second member who may approve it, and there is none. Give somebody the role of owner, admin or credential manager first.',
  )
}

export function ownRequest(): DomainError {
  return forbidden('own-request', 'You asked for this yourself: somebody else has to approve it.')
}

export function requestOver(detail: string): DomainError {
  return new DomainError('gone', 'approval-over', 'This request is not open any more.', { detail })
}

export function requestLimitReached(): DomainError {
  return new DomainError(
    'conflict',
    'approval-limit-reached',
    `${OPEN_REQUEST_LIMIT} requests wait for a second member already. Let one of them be decided first.`,
  )
}
