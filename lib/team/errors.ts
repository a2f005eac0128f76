import { conflict, DomainError, forbidden, invalid } from '@/lib/core/errors'
import {
  INVITATIONS_A_DAY,
  OPEN_INVITATION_LIMIT,
  SEND_LIMIT,
  SENDS_BY_PERSON_A_DAY,
  SENDS_TO_ADDRESS_A_DAY,
  TEAM_LIMIT,
} from './schema'

export function alreadyMember(): DomainError {
  return invalid(
    'email',
    'already-member',
    'Who has this address belongs to the team already. Change their role there.',
  )
}

export function youAreMember(): DomainError {
  return conflict('you-are-member', 'You belong to this team already, so there is nothing to accept.')
}

export function invitationExists(): DomainError {
  return invalid(
    'email',
    'invitation-exists',
    'This address is invited already. Send that invitation again, or withdraw it.',
  )
}

export function invitationLimitReached(which: 'open' | 'day' | 'team'): DomainError {
  const words = {
    open: `At most ${OPEN_INVITATION_LIMIT} invitations wait for an answer. Withdraw one that is not needed.`,
    day: `At most ${INVITATIONS_A_DAY} invitations are sent in 24 hours. Go on tomorrow.`,
    team: `A team has at most ${TEAM_LIMIT} people and invitations. Remove who no longer belongs to it.`,
  }
  return conflict('invitation-limit-reached', words[which], which)
}

export function sendLimitReached(): DomainError {
  return conflict(
    'send-limit-reached',
    `An invitation is sent at most ${SEND_LIMIT} times. Withdraw it, check the address, and invite anew.`,
  )
}

/** A mailbox belongs to somebody who has asked for nothing. */
export function sendsOfDayReached(which: 'address' | 'person'): DomainError {
  const words = {
    address: `At most ${SENDS_TO_ADDRESS_A_DAY} invitations are sent to one address in 24 hours. Go on tomorrow.`,
    person: `You can send at most ${SENDS_BY_PERSON_A_DAY} invitations in 24 hours. Go on tomorrow.`,
  }
  return conflict('sends-of-day-reached', words[which], which)
}

/** One answer for a link that is unknown, used, withdrawn or too old; `detail` says what is known of it. */
export function invitationOver(detail: string): DomainError {
  return new DomainError(
    'gone',
    'invitation-over',
    'This invitation is not open any more. Ask who invited you for another.',
    {
      detail,
    },
  )
}

export function lastOwner(): DomainError {
  return forbidden('last-owner', 'This is the application’s last owner. Make somebody else an owner first.')
}

export function notByTeam(): DomainError {
  return forbidden(
    'not-by-team',
    'You have your role through the business that owns the application, not through its team.',
  )
}
