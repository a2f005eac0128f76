import { chainState, isUsable } from '@/lib/certificates/chain-state'
import {
  certificateExpired,
  chainNotActive,
  chainPendingReview,
  chainRevoked,
  chainSuperseded,
} from '@/lib/certificates/handshake-errors'
import type { ChainOfLeaf } from './token-road'

/**
 * The state of a handshake's certificate, told before the client is looked at: who proved the key of a leaf may know what
 * became of it. A leaf that nobody submitted passes: it is nobody's, and the client's 401 says no more than that.
 * @throws DomainError with one of HANDSHAKE_CODES
 */
export function requireUsableChain(chains: readonly ChainOfLeaf[], now: Date): void {
  const [latest] = chains
  if (!latest || chains.some((chain) => isUsable(chainState(chain, now)))) return
  const state = chainState(latest, now)
  switch (state) {
    case 'revoked':
      throw chainRevoked()
    case 'superseded':
      throw chainSuperseded()
    case 'expired':
      throw certificateExpired(null)
    case 'scheduled':
      throw chainNotActive(latest.startsAt)
    case 'pending-review':
    case 'refused':
      throw chainPendingReview()
    case 'active':
    case 'ending':
      return
  }
}
