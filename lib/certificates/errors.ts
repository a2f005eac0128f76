import { conflict, DomainError, invalid } from '@/lib/core/errors'

export function anchorUnreadable(why: string, cause?: unknown): DomainError {
  return new DomainError('invalid', 'anchor-unreadable', `This cannot be a trust anchor. ${why}`, { cause })
}

export function anchorExists(): DomainError {
  return conflict('anchor-exists', 'This certificate is a trust anchor of that environment already.')
}

export function csrUnreadable(why: string, cause?: unknown): DomainError {
  return new DomainError('invalid', 'csr-unreadable', `This request cannot be signed. ${why}`, { field: 'csr', cause })
}

export function privateKeyInRequest(): DomainError {
  return invalid(
    'csr',
    'private-key-refused',
    'This holds a private key. Nothing of it was kept. Treat the key as leaked: make a new one, and send only the request.',
  )
}

export function tooManySandboxCertificates(limit: number): DomainError {
  return conflict(
    'sandbox-certificate-limit-reached',
    `An application gets at most ${limit} sandbox certificates a day. Use one of those it has, or come back tomorrow.`,
  )
}

export function certificateExists(): DomainError {
  return conflict(
    'certificate-exists',
    'This certificate was submitted here before. Look for it in the list; one that was revoked cannot come back.',
  )
}

export function tooManyChains(limit: number): DomainError {
  return conflict(
    'certificate-limit-reached',
    `An application holds at most ${limit} live certificate chains. Revoke one that is no longer used, or let it end.`,
  )
}

export function notInReview(): DomainError {
  return conflict(
    'not-in-review',
    'This chain cannot be approved: it is not waiting for review, has expired, or its root is no trust anchor yet. Add the root first.',
  )
}

export function planTooLate(): DomainError {
  return conflict(
    'plan-too-late',
    'Approved now, it would start or take over only after its own end. Refuse it; its owner submits it again with another plan.',
  )
}

export function keyRegistered(): DomainError {
  return conflict(
    'key-registered',
    'Another application has this key since a certificate of its own was accepted. Refuse this chain; its owner needs a new key.',
  )
}

export function cannotRefuse(): DomainError {
  return conflict('not-in-review', 'This chain is not waiting for review any more. Revoke it instead.')
}

export function scheduleRefused(): DomainError {
  return conflict(
    'schedule-refused',
    'That cannot be changed any more: it has started, ended or expired, or the moment does not fit its dates.',
  )
}

export function certificateRequired(): DomainError {
  return conflict(
    'certificate-required',
    'There is no active certificate: with mutual TLS as the only way, nothing could call. Submit a chain first.',
  )
}
