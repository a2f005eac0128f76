import { expect, test } from 'vitest'
import { isOwnOrigin } from './own-origin'

test('our own origin passes, a missing, opaque or foreign one does not', () => {
  expect(isOwnOrigin('http://localhost:3000', 'localhost:3000')).toBe(true)
  expect(isOwnOrigin(null, 'localhost:3000')).toBe(false)
  expect(isOwnOrigin('null', 'localhost:3000')).toBe(false)
  expect(isOwnOrigin('https://evil.example', 'localhost:3000')).toBe(false)
  expect(isOwnOrigin('https://evil.example', 'evil.example')).toBe(false)
  expect(isOwnOrigin('http://localhost:3000.evil.example', 'localhost:3000')).toBe(false)
})

test('in demo mode the loopback name of this very request passes, another port does not', () => {
  expect(isOwnOrigin('http://127.0.0.1:3000', '127.0.0.1:3000')).toBe(true)
  expect(isOwnOrigin('http://localhost:9999', 'localhost:3000')).toBe(false)
})
