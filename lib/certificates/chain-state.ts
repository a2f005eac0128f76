/** States of a submitted chain, in the order of the glossary. */
export const CHAIN_STATES = [
  'pending-review',
  'scheduled',
  'active',
  'ending',
  'superseded',
  'expired',
  'revoked',
  'refused',
] as const
export type ChainState = (typeof CHAIN_STATES)[number]

/** The moments that a chain's state is derived from. */
export type ChainMoments = {
  approvedAt: Date | null
  refusedAt: Date | null
  startsAt: Date
  endsAt: Date | null
  revokedAt: Date | null
  notAfter: Date
  /** Whether its root is among the environment's trust anchors at present. */
  trusted: boolean
}

/**
 * Nothing has to happen for a chain to start, to be superseded or to expire: its state follows from the time alone, so that
 * every replica agrees and no job can be late. A chain whose anchor an operator removed is pending review again.
 */
export function chainState(chain: ChainMoments, now: Date): ChainState {
  if (chain.refusedAt) return 'refused'
  if (chain.revokedAt) return 'revoked'
  if (chain.endsAt && chain.endsAt <= now && chain.endsAt <= chain.notAfter) return 'superseded'
  if (chain.notAfter <= now) return 'expired'
  if (!chain.approvedAt || !chain.trusted) return 'pending-review'
  if (chain.startsAt > now) return 'scheduled'
  return chain.endsAt ? 'ending' : 'active'
}

/** When it stops to count: at its cut-over, or by itself. */
export function endOf({ endsAt, notAfter }: Pick<ChainMoments, 'endsAt' | 'notAfter'>): Date {
  return endsAt && endsAt < notAfter ? endsAt : notAfter
}

/** Whether a handshake with its leaf counts. */
export function isUsable(state: ChainState): boolean {
  return state === 'active' || state === 'ending'
}

/** Whether it is usable, or can become so without another submission. */
export function isLive(state: ChainState): boolean {
  return isUsable(state) || state === 'scheduled' || state === 'pending-review'
}
