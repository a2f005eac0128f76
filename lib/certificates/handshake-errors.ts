import { DomainError } from '@/lib/core/errors'

/** Why a client certificate does not count. Stable: machine clients read these as `code` of a 403. */
export const HANDSHAKE_CODES = [
  'certificate-missing',
  'certificate-unreadable',
  'certificate-session-resumed',
  'certificate-untrusted',
  'certificate-wrong-usage',
  'certificate-not-yet-valid',
  'certificate-expired',
  'certificate-not-active',
  'certificate-superseded',
  'certificate-revoked',
  'certificate-revocation-unknown',
] as const
export type HandshakeCode = (typeof HANDSHAKE_CODES)[number]

export function handshakeRefused(code: HandshakeCode, message: string, detail?: string): DomainError {
  return new DomainError('forbidden', code, message, detail === undefined ? {} : { detail })
}

export function certificateMissing(): DomainError {
  return handshakeRefused(
    'certificate-missing',
    'This host needs a client certificate and none came. Connect with the certificate whose chain you submitted, and its key.',
  )
}

export function certificateUnreadable(detail: string): DomainError {
  return handshakeRefused('certificate-unreadable', 'The client certificate cannot be read.', detail)
}

export function sessionResumed(): DomainError {
  return handshakeRefused(
    'certificate-session-resumed',
    'A resumed TLS session proves no certificate. Connect with a full handshake.',
  )
}

/** `subject` and `issuer` are safe to show, and empty for names without attributes. */
export function certificateUntrusted(subject: string, issuer: string, detail: string): DomainError {
  return handshakeRefused(
    'certificate-untrusted',
    `No path leads from the client certificate (${subject || 'without a name'}) to a trusted root: its issuer is ${issuer || 'without a name'}. ` +
      'Connect with the certificate whose chain you submitted, or submit the chain of this one.',
    detail,
  )
}

export function certificateWrongUsage(): DomainError {
  return handshakeRefused(
    'certificate-wrong-usage',
    'The client certificate is not for client authentication. Its extended key usage must hold clientAuth.',
  )
}

export function certificateNotYetValid(notBefore: Date): DomainError {
  return handshakeRefused('certificate-not-yet-valid', `The client certificate is valid from ${iso(notBefore)} on.`)
}

/** `notAfter` null: one above the leaf. */
export function certificateExpired(notAfter: Date | null): DomainError {
  return handshakeRefused(
    'certificate-expired',
    notAfter
      ? `The client certificate expired at ${iso(notAfter)}. Submit the chain of a new one.`
      : 'A certificate of the chain above the client certificate has expired. Submit a chain that is valid.',
  )
}

export function chainNotActive(startsAt: Date): DomainError {
  return handshakeRefused(
    'certificate-not-active',
    `The chain of the client certificate is accepted and counts from ${iso(startsAt)} on.`,
  )
}

export function chainSuperseded(): DomainError {
  return handshakeRefused('certificate-superseded', 'The chain of the client certificate has ended: another took over.')
}

export function chainRevoked(): DomainError {
  return handshakeRefused('certificate-revoked', 'The chain of the client certificate has been revoked.')
}

/** `isLeaf` false: one above it. */
export function certificateRevokedByAuthority(
  isLeaf: boolean,
  revokedAt: Date | null,
  reason: string | null,
): DomainError {
  const what = isLeaf ? 'The client certificate' : 'A certificate of the chain above the client certificate'
  const when = revokedAt ? ` since ${iso(revokedAt)}` : ''
  const why = reason && reason !== 'unspecified' ? ` (${reason})` : ''
  const advice =
    reason === 'certificateHold'
      ? 'Ask the authority to release it, or submit the chain of another certificate.'
      : 'Submit the chain of a new certificate.'
  return handshakeRefused('certificate-revoked', `${what} has been revoked by its authority${when}${why}. ${advice}`)
}

export function certificateRevocationUnknown(isLeaf: boolean, checkedAt: Date | null): DomainError {
  const what = isLeaf ? 'the client certificate' : 'a certificate of the chain above the client certificate'
  const last = checkedAt ? ` The last answer of its authority is of ${iso(checkedAt)}.` : ''
  return handshakeRefused(
    'certificate-revocation-unknown',
    `Whether ${what} was revoked cannot be learned at present, and this environment demands an answer.${last} Ask the authority.`,
  )
}

export function chainPendingReview(): DomainError {
  return handshakeRefused(
    'certificate-untrusted',
    'The chain of the client certificate is not trusted: it waits for review, was refused, or its root is trusted no longer.',
  )
}

function iso(date: Date): string {
  return date.toISOString().replace('.000Z', 'Z')
}
