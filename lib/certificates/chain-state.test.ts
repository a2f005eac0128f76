import { describe, expect, test } from 'vitest'
import { addDays } from '@/lib/core/time'
import { type ChainMoments, chainState } from './chain-state'

const NOW = new Date('2026-11-24T12:00:00Z')
const ACTIVE: ChainMoments = {
  approvedAt: addDays(NOW, -1),
  refusedAt: null,
  startsAt: addDays(NOW, -1),
  endsAt: null,
  revokedAt: null,
  notAfter: addDays(NOW, 90),
  trusted: true,
}

describe('chainState', () => {
  test.each([
    ['active', {}],
    ['pending-review', { approvedAt: null }],
    ['pending-review', { trusted: false }],
    ['scheduled', { startsAt: addDays(NOW, 1) }],
    ['ending', { endsAt: addDays(NOW, 1) }],
    ['superseded', { endsAt: NOW }],
    ['superseded', { endsAt: addDays(NOW, -2), notAfter: addDays(NOW, -1) }],
    ['expired', { notAfter: NOW }],
    ['expired', { endsAt: addDays(NOW, -1), notAfter: addDays(NOW, -2) }],
    ['expired', { approvedAt: null, notAfter: NOW }],
    ['revoked', { revokedAt: NOW, notAfter: NOW, trusted: false }],
    ['refused', { refusedAt: NOW, approvedAt: null }],
  ] as const)('%s: %o', (state, moments) => {
    expect(chainState({ ...ACTIVE, ...moments }, NOW)).toBe(state)
  })

  test('a chain is active from the very moment it starts, and no longer in the one it expires', () => {
    expect(chainState({ ...ACTIVE, startsAt: NOW }, NOW)).toBe('active')
    expect(chainState(ACTIVE, addDays(NOW, 90))).toBe('expired')
    expect(chainState(ACTIVE, new Date(addDays(NOW, 90).getTime() - 1))).toBe('active')
  })
})
