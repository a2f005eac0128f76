import { conflict, type DomainError } from '@/lib/core/errors'
import { SECRET_LIMIT } from './schema'

export function secretLimitReached(): DomainError {
  return conflict(
    'secret-limit-reached',
    `An application holds at most ${SECRET_LIMIT} live secrets. Revoke one that is no longer used, then make another.`,
  )
}

export function coreNameTaken(name: string): DomainError {
  return conflict('core-name-taken', `There is a core named “${name}” already. Choose another name.`)
}
