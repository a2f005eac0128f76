import type { PreparedAcceptance } from '@/lib/dispositions/schema'

/** Why there may be nothing to sign; each has words and a way out on the screen. */
export const PREPARE_REFUSALS = [
  'no-passkey',
  'account-required',
  'application-suspended',
  'disposition-ended',
] as const
export type PrepareRefusal = (typeof PREPARE_REFUSALS)[number]

export type PrepareOutcome = { prepared: PreparedAcceptance } | { refused: PrepareRefusal }
