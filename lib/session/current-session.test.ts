import { expect, test } from 'vitest'
import { addMs, HOUR, MINUTE } from '@/lib/core/time'
import { opensOwnerAreas } from './current-session'

const now = new Date()
const ago = (ms: number) => addMs(now, -ms)

test('the owner areas close after five minutes without activity', () => {
  const session = { authTime: ago(HOUR), steppedUpAt: null, pausedAt: null }
  expect(opensOwnerAreas({ ...session, lastActiveAt: ago(4 * MINUTE) }, now)).toBe(true)
  expect(opensOwnerAreas({ ...session, lastActiveAt: ago(5 * MINUTE + 1) }, now)).toBe(false)
})

test('activity after a long pause does not open them again, a fresh proof does', () => {
  const session = { authTime: ago(HOUR), lastActiveAt: now, pausedAt: ago(2 * MINUTE) }
  expect(opensOwnerAreas({ ...session, steppedUpAt: null }, now)).toBe(false)
  expect(opensOwnerAreas({ ...session, steppedUpAt: ago(3 * MINUTE) }, now)).toBe(false)
  expect(opensOwnerAreas({ ...session, steppedUpAt: ago(MINUTE) }, now)).toBe(true)
})
