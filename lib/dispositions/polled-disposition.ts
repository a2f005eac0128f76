import { isTerminal } from './disposition'
import type { DispositionStatus, EndReason, InitiatorDisposition } from './schema'

/** What `GET /api/dispositions/{id}` answers: contract.md, "Our own pages". */
export type PolledDisposition = {
  status: DispositionStatus
  /** How long to wait before asking again; null: it is over and stays as it is. */
  poll_after_ms: number | null
  expires_at: string | null
  imported_by: string | null
  number: number | null
  refused_imports: number
  reason: EndReason | null
  /** The server's clock: the browser's own may be wrong. */
  now: string
}

// Somebody is looking at two screens: while they compare the number, sooner.
const WAITING_MS = 1500
const IMPORTED_MS = 1000

export function polledDisposition(disposition: InitiatorDisposition, now: Date): PolledDisposition {
  const { status } = disposition
  return {
    status,
    poll_after_ms: isTerminal(status) ? null : status === 'IMPORTED' ? IMPORTED_MS : WAITING_MS,
    expires_at: disposition.expiresAt?.toISOString() ?? null,
    imported_by: disposition.importedBy,
    number: disposition.number,
    refused_imports: disposition.refusedImports,
    reason: disposition.endReason,
    now: now.toISOString(),
  }
}
