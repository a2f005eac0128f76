import { describe, expect, test } from 'vitest'
import { addMs, DAY } from '@/lib/core/time'
import { nearestThreshold } from './nearest-threshold'

const now = new Date('2026-03-01T10:00:00Z')
const DAYS = [30, 14, 7, 1]

function due(leftMs: number) {
  return nearestThreshold({ endsAt: addMs(now, leftMs), now, unitMs: DAY }, DAYS)
}

describe('nearestThreshold', () => {
  test('is due from its moment on, not before', () => {
    expect(due(30 * DAY + 1)).toBeNull()
    expect(due(30 * DAY)).toBe(30)
    expect(due(14 * DAY + 1)).toBe(30)
    expect(due(14 * DAY)).toBe(14)
    expect(due(7 * DAY)).toBe(7)
    expect(due(1 * DAY)).toBe(1)
    expect(due(1)).toBe(1)
  })

  test('after a pause only the nearest is due, and nothing once the end has passed', () => {
    expect(due(3 * DAY)).toBe(7)
    expect(due(0)).toBeNull()
    expect(due(-DAY)).toBeNull()
  })
})
