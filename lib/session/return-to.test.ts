import { expect, test } from 'vitest'
import { parseReturnTo } from './return-to'

test.each(['/', '/security', '/wallet/d?x=1', '/applications/app_1?tab=a%20b'])(
  '%s is one of our own paths',
  (path) => {
    expect(parseReturnTo(path)).toBe(path)
  },
)

test.each([
  '//evil.example',
  '/\\evil.example',
  '/.//evil.example',
  '/x/..//evil.example',
  'https://evil.example',
  'javascript:alert(1)',
  '/a\r\nSet-Cookie: x=1',
  '/a b',
  '',
  undefined,
  ['/a', '/b'],
  `/${'a'.repeat(3000)}`,
])('%s leads nowhere', (value) => {
  expect(parseReturnTo(value)).toBeNull()
})
