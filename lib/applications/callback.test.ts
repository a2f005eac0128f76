import { expect, test } from 'vitest'
import { parseCallback } from './callback'

test.each([
  ['https://shop.example/callback', 'shop.example'],
  ['https://shop.example', 'shop.example'],
  ['https://shop.example:8443/a/b', 'shop.example'],
  ['http://localhost:8080/cb', 'localhost'],
  ['http://127.0.0.1/cb', '127.0.0.1'],
  ['http://[::1]:3000/cb', '[::1]'],
])('%s is a callback of %s', (url, host) => {
  expect(parseCallback(url)).toEqual({ ok: { url, host } })
})

test.each([
  'shop.example/callback',
  'http://shop.example/callback',
  'http://localhost.evil.example/cb',
  'http://127.0.0.1.evil.example/cb',
  'javascript:alert(1)',
  'ftp://shop.example/',
  'https://shop.example/cb#x',
  'https://shop.example/cb#',
  'https://shop.example/cb?x=1',
  'https://shop.example/cb?',
  'https://user:pass@shop.example/cb',
  'https://@shop.example/cb',
  'https://Shop.example/cb',
  'https://shop.example/a/../cb',
  'https://shop.example:443/cb',
  'https://shop.example\\cb',
  'https://shop.example/a b',
  'https://shop.example/\ncb',
  `https://shop.example/${'x'.repeat(2000)}`,
])('%s is refused with a sentence', (url) => {
  expect(parseCallback(url)).toEqual({ problem: expect.stringMatching(/./) })
})
