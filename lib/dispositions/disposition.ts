import { type DispositionStatus, TERMINAL_STATUSES } from './schema'

/**
 * The Disposition Flow as a state machine (glossary; security.md, Disposition Flow). Every statement that changes a status
 * takes the states that it may start from out of this table and puts them into its WHERE clause, so that of several
 * events that meet, on whatever replica, exactly one happens.
 *
 * EXPIRED is written by a sweep. Until then it follows from the times, for readers through `statusAt` and for writers by
 * the same comparison in SQL.
 */
export const DISPOSITION_EVENTS = ['import', 'accept', 'refuse', 'cancel', 'expire'] as const
export type DispositionEvent = (typeof DISPOSITION_EVENTS)[number]

const TRANSITIONS: Record<DispositionStatus, Partial<Record<DispositionEvent, DispositionStatus>>> = {
  WAITING: { import: 'IMPORTED', cancel: 'CANCELLED', expire: 'EXPIRED' },
  IMPORTED: { accept: 'GRANTED', refuse: 'REFUSED', cancel: 'CANCELLED', expire: 'EXPIRED' },
  GRANTED: {},
  REFUSED: {},
  CANCELLED: {},
  EXPIRED: {},
}

/** What `event` makes of `status`; null when it may not happen then. */
export function transition(status: DispositionStatus, event: DispositionEvent): DispositionStatus | null {
  return TRANSITIONS[status][event] ?? null
}

/** The states in which `event` may happen: for the WHERE clause of the statement that makes it happen. */
export function statusesBefore(event: DispositionEvent): DispositionStatus[] {
  return (Object.keys(TRANSITIONS) as DispositionStatus[]).filter((status) => transition(status, event) !== null)
}

export function isTerminal(status: string): boolean {
  return (TERMINAL_STATUSES as readonly string[]).includes(status)
}

type Times = { status: string; importUntil: Date; decideUntil: Date | null }

/** The status as anybody should see it at `now`. */
export function statusAt(row: Times, now: Date): DispositionStatus {
  const until = expiresAt(row)
  return until !== null && until.getTime() <= now.getTime() ? 'EXPIRED' : (row.status as DispositionStatus)
}

/** When the present state ends by itself; null for one that does not. */
export function expiresAt(row: Times): Date | null {
  if (row.status === 'WAITING') return row.importUntil
  if (row.status === 'IMPORTED') return row.decideUntil
  return null
}
