import { APPLICATION_ROLE_WORDS, type ApplicationAction, type ApplicationRole } from '@/lib/access/permissions'
import { conflict, type DomainError, forbidden, invalid } from '@/lib/core/errors'
import type { Environment } from '@/lib/core/secrets'
import { CALLBACK_LIMIT } from './callback'
import { APPLICATION_LIMIT } from './schema'

export function businessRequired(): DomainError {
  return forbidden('business-required', 'Applications belong to businesses. Create one, or act for one you have.')
}

export function permissionRequired(
  role: ApplicationRole,
  action: ApplicationAction,
  environment?: Environment,
): DomainError {
  const where = environment ? ` in ${environment}` : ''
  return forbidden(
    'permission-required',
    `Your role here is ${APPLICATION_ROLE_WORDS[role].label}, which does not allow this${where}. Ask an owner or an admin of the application.`,
    `${role} asks for ${action}${where}`,
  )
}

export function scopesNeedOperator(): DomainError {
  return forbidden('scopes-need-operator', 'Scopes for production are approved by an operator of the institution.')
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

export function applicationLimitReached(): DomainError {
  return conflict(
    'application-limit-reached',
    `A business has at most ${APPLICATION_LIMIT} applications. Use one of those there are, or give one to another business.`,
  )
}
