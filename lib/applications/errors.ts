import { conflict, type DomainError, forbidden, invalid } from '@/lib/core/errors'
import { CALLBACK_LIMIT } from './callback'

export function businessRequired(): DomainError {
  return forbidden('business-required', 'Applications belong to businesses. Create one, or act for one you have.')
}

export function callbackExists(): DomainError {
  return invalid('url', 'callback-exists', 'This callback is registered already.')
}

export function callbackLimitReached(): DomainError {
  return conflict(
    'callback-limit-reached',
    `An application holds at most ${CALLBACK_LIMIT} callbacks. Remove one that is no longer used.`,
  )
}

export function logoUnreadable(cause?: unknown): DomainError {
  const error = invalid('logo', 'logo-unreadable', 'Choose a PNG, JPEG or WebP image of at most 4096 × 4096 pixels.')
  if (cause !== undefined) error.cause = cause
  return error
}
