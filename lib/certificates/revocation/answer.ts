/** RFC 5280 §5.3.1; 7 is not used. */
export const AUTHORITY_REASONS = [
  'unspecified',
  'keyCompromise',
  'cACompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'certificateHold',
  null,
  'removeFromCRL',
  'privilegeWithdrawn',
  'aACompromise',
] as const
export type AuthorityReason = Exclude<(typeof AUTHORITY_REASONS)[number], null>

/** What an authority says of one certificate, and for how long it says so. */
export type Answer = {
  status: 'good' | 'revoked'
  revokedAt: Date | null
  reason: AuthorityReason | null
  thisUpdate: Date
  /** When a newer answer comes; null where the authority always has one. */
  nextUpdate: Date | null
}

/** Clocks of authorities and ours may differ by this much. */
export const CLOCK_SKEW_MS = 5 * 60_000

/** Whether the authority may still lift it (RFC 5280 §5.3.1, certificateHold). */
export function isOnHold({ status, reason }: Pick<Answer, 'status' | 'reason'>): boolean {
  return status === 'revoked' && reason === 'certificateHold'
}

export function toReason(code: number | undefined): AuthorityReason {
  return (code === undefined ? null : AUTHORITY_REASONS[code]) ?? 'unspecified'
}
