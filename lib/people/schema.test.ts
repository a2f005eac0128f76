import { expect, test } from 'vitest'
import { PasskeyProofInput } from './schema'

const challengeId = 'a'.repeat(32)
const response = { id: 'AQ-_', rawId: 'AQ-_', type: 'public-key', response: { clientDataJSON: 'e30' } }

test('a NUL in the ids of a passkey proof stops before the database, which would take it for a fault', () => {
  expect(PasskeyProofInput.safeParse({ challengeId, response }).success).toBe(true)
  expect(PasskeyProofInput.safeParse({ challengeId: 'a\0', response }).success).toBe(false)
  expect(PasskeyProofInput.safeParse({ challengeId, response: { ...response, id: 'a\0' } }).success).toBe(false)
})
