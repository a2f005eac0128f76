import type { RefusalFacts } from '@/lib/certificates/describe-refusal'
import type { Handshakes } from '@/lib/certificates/list-handshakes'

export type PolledHandshake = { at: string; address: string | null; protocol: string | null }
export type PolledRefusal = PolledHandshake & {
  code: string
  laid_by: RefusalFacts['laidBy']
  cause: string
  sha256: string
  times: number
}

/** What `GET /api/certificates/{id}/handshakes` answers, and what the page begins with. */
export type PolledHandshakes = {
  last: PolledHandshake | null
  refused: PolledRefusal[]
  replicas: number
  replicas_up_to_date: number
  /** The server's clock: the browser's own may be wrong. */
  now: string
}

export function polledHandshakes({ last, refused, spread }: Handshakes, now: Date): PolledHandshakes {
  return {
    last: last && { ...last, at: last.at.toISOString() },
    refused: refused.map(({ at, address, protocol, code, laidBy, cause, sha256, times }) => {
      return { at: at.toISOString(), address, protocol, code, laid_by: laidBy, cause, sha256, times }
    }),
    replicas: spread.replicas,
    replicas_up_to_date: spread.upToDate,
    now: now.toISOString(),
  }
}
