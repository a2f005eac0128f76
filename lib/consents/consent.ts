import type { ConsentStatus } from './schema'

type Times = { revokedAt: Date | null; expiresAt: Date }

/** Expiry is never written: a consent is EXPIRED from its moment on, whatever runs or does not run. */
export function consentStatus(row: Times, now: Date): ConsentStatus {
  if (row.revokedAt !== null) return 'REVOKED'
  return row.expiresAt.getTime() <= now.getTime() ? 'EXPIRED' : 'GRANTED'
}
