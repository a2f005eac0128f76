import { DomainError } from '@/lib/core/errors'
import { BUSINESS_LIMIT } from './schema'

const TOLD = 50

/** Every problem in one message, a line each; of very many the first. */
export function accountFileInvalid(problems: string[], cause?: unknown): DomainError {
  const more = problems.length > TOLD ? [`… and ${problems.length - TOLD} more`] : []
  const list = [...problems.slice(0, TOLD), ...more].map((problem) => `  ${problem}`)
  return new DomainError('invalid', 'account-file-invalid', ['Nothing was imported:', ...list].join('\n'), { cause })
}

export function lastOwner(): DomainError {
  return new DomainError(
    'conflict',
    'last-owner',
    'A customer needs an owner, and this is the last one. Somebody else has to become an owner first.',
  )
}

export function ownerOfItRequired(): DomainError {
  return new DomainError(
    'forbidden',
    'owner-required',
    'You can look, but only an owner can change this. Ask one of the owners.',
  )
}

export function businessLimitReached(): DomainError {
  return new DomainError(
    'conflict',
    'business-limit-reached',
    `You have created ${BUSINESS_LIMIT} businesses, the most that one person can. Act for one of those you have.`,
  )
}
