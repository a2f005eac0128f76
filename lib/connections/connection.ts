import type { DispositionStatus } from '@/lib/dispositions/schema'
import type { ConnectionStatus } from './schema'

/**
 * A Connection's status follows from its own marks first, then from its disposition. One that an operator granted has no
 * disposition and is GRANTED from the start.
 */
export function connectionStatus(
  row: { grantedAt: Date | null; revokedAt: Date | null },
  disposition: DispositionStatus | null,
): ConnectionStatus {
  if (row.revokedAt !== null) return 'REVOKED'
  if (row.grantedAt !== null) return 'GRANTED'
  return disposition ?? 'WAITING'
}
