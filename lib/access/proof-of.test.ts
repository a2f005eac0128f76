import { expect, test } from 'vitest'
import { addMs, MINUTE } from '@/lib/core/time'
import { proofOf, provedAt } from './proof-of'

const authTime = new Date('2026-06-01T08:00:00Z')
const later = addMs(authTime, MINUTE)
const signedIn = { authTime, amr: ['hwk', 'user', 'mfa'], steppedUpAt: null, steppedUpAmr: null }

test('time and means are of one proof: the sign-in, or the step-up after it', () => {
  expect(proofOf(signedIn)).toEqual({ at: authTime, amr: ['hwk', 'user', 'mfa'] })
  expect(proofOf({ ...signedIn, steppedUpAt: later, steppedUpAmr: ['sms'] })).toEqual({ at: later, amr: ['sms'] })
  expect(proofOf({ ...signedIn, steppedUpAt: addMs(authTime, -1), steppedUpAmr: ['sms'] }).amr).toEqual(signedIn.amr)
  expect(provedAt({ authTime, steppedUpAt: later })).toEqual(later)
})

test('a step-up of which the means are unknown claims none', () => {
  expect(proofOf({ ...signedIn, steppedUpAt: later })).toEqual({ at: later, amr: [] })
})
