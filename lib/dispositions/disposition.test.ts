import { describe, expect, test } from 'vitest'
import { addMs, MINUTE } from '@/lib/core/time'
import { DISPOSITION_EVENTS, expiresAt, isTerminal, statusAt, statusesBefore, transition } from './disposition'
import { DISPOSITION_STATUSES } from './schema'

const now = new Date('2026-11-22T10:00:00Z')

describe('the state machine', () => {
  test('is this table and no other', () => {
    const table = DISPOSITION_STATUSES.map((status) => [
      status,
      ...DISPOSITION_EVENTS.map((event) => transition(status, event)),
    ])
    expect([['', ...DISPOSITION_EVENTS], ...table]).toEqual([
      ['', 'import', 'accept', 'refuse', 'cancel', 'expire'],
      ['WAITING', 'IMPORTED', null, null, 'CANCELLED', 'EXPIRED'],
      ['IMPORTED', null, 'GRANTED', 'REFUSED', 'CANCELLED', 'EXPIRED'],
      ['GRANTED', null, null, null, null, null],
      ['REFUSED', null, null, null, null, null],
      ['CANCELLED', null, null, null, null, null],
      ['EXPIRED', null, null, null, null, null],
    ])
  })

  test('a terminal status is one that no event leaves', () => {
    for (const status of DISPOSITION_STATUSES) {
      const leaves = DISPOSITION_EVENTS.some((event) => transition(status, event) !== null)
      expect(isTerminal(status)).toBe(!leaves)
    }
    expect(isTerminal('REVOKED')).toBe(true)
  })

  test('nothing is imported, accepted or refused from a terminal status', () => {
    for (const event of DISPOSITION_EVENTS) expect(statusesBefore(event).some(isTerminal)).toBe(false)
  })
})

describe('expiry', () => {
  const waiting = { status: 'WAITING', importUntil: addMs(now, 5 * MINUTE), decideUntil: null }
  const imported = { status: 'IMPORTED', importUntil: now, decideUntil: addMs(now, 5 * MINUTE) }

  test('a waiting disposition expires with its import window, to the millisecond', () => {
    expect(statusAt(waiting, addMs(waiting.importUntil, -1))).toBe('WAITING')
    expect(statusAt(waiting, waiting.importUntil)).toBe('EXPIRED')
  })

  test('an imported one has its own window, whatever became of the first', () => {
    expect(statusAt(imported, addMs(now, MINUTE))).toBe('IMPORTED')
    expect(statusAt(imported, imported.decideUntil)).toBe('EXPIRED')
  })

  test('a terminal status never expires', () => {
    const granted = { ...imported, status: 'GRANTED' }
    expect(statusAt(granted, addMs(now, 60 * MINUTE))).toBe('GRANTED')
    expect(expiresAt(granted)).toBeNull()
  })
})
