import { conflict, DomainError, invalid } from '@/lib/core/errors'
import { PUBLIC_KEY_LIMIT } from './public-key-schema'
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

export function coreCertificateUnreadable(message: string, cause?: unknown): DomainError {
  return new DomainError('invalid', 'certificate-unreadable', message, cause === undefined ? {} : { cause })
}

export function coreCertificateTaken(): DomainError {
  return conflict('certificate-taken', 'An application has submitted that certificate. Give the core one of its own.')
}

export function rotationUnderWay(): DomainError {
  return conflict(
    'rotation-under-way',
    'A rotation is under way. Let its overlap run out or end it, then rotate again.',
  )
}

export function keyRotationUnderWay(): DomainError {
  return conflict(
    'rotation-under-way',
    'The application key is being rotated already. Let the overlap run out or end it, then rotate again.',
  )
}

export function secretHasEnded(): DomainError {
  return conflict('secret-ended', 'This secret has ended or was revoked. Make another one instead.')
}

export function secretHasNoEnd(): DomainError {
  return conflict('secret-has-no-end', 'This secret is not being replaced. Rotate it first, or revoke it.')
}

export function endNotLater(): DomainError {
  return conflict('end-not-later', 'It ends later than that already. Choose a longer time, or end it now.')
}

export function secretWasUsed(): DomainError {
  return conflict(
    'secret-used',
    'This secret has been used, so somebody has it. Rotate it instead: then both work while you change over.',
  )
}

export function keyHasEnded(): DomainError {
  return conflict('key-ended', 'This application key has ended. The application’s present key goes on working.')
}

export function keyIsCurrent(): DomainError {
  return conflict('key-is-current', 'This is the application’s present key. Rotate it, then its end can be chosen.')
}

export function privateKeyPresented(): DomainError {
  return invalid(
    'publicKey',
    'private-key',
    'That was a private key, or a secret. Nothing was stored. Treat it as leaked: make a new pair and submit its public key.',
  )
}

export function publicKeyInvalid(message: string): DomainError {
  return invalid('publicKey', 'public-key-invalid', message)
}

export function kidForOneKey(): DomainError {
  return invalid('kid', 'kid-for-one-key', 'These are several keys: each has its own kid in the key set.')
}

export function kidTaken(kid: string): DomainError {
  return conflict('kid-taken', `Another key here is called ${kid}. Choose another kid, or revoke that one.`)
}

export function publicKeyExists(kid: string): DomainError {
  return conflict('public-key-exists', `This key is registered already, as ${kid}.`)
}

export function publicKeyHasEnded(): DomainError {
  return conflict(
    'public-key-ended',
    'This key has ended or was revoked here. Make a new pair and submit its public key.',
  )
}

export function publicKeyLimitReached(): DomainError {
  return conflict(
    'public-key-limit-reached',
    `An application holds at most ${PUBLIC_KEY_LIMIT} live public keys. Revoke one that is no longer used, then add another.`,
  )
}
