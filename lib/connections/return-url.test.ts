import { expect, test } from 'vitest'
import { parseReturnUrl } from './return-url'

test('https anywhere and http on loopback are taken, with their query', () => {
  expect(parseReturnUrl('https://Shop.example:8443/back?order=7')).toEqual({
    ok: { url: 'https://shop.example:8443/back?order=7', host: 'shop.example' },
  })
  expect(parseReturnUrl('http://127.0.0.1:9000/x')).toEqual({
    ok: { url: 'http://127.0.0.1:9000/x', host: '127.0.0.1' },
  })
})

test('what could lead elsewhere or carry a token in a fragment is refused, with the reason', () => {
  const problems = [
    ['not a url', 'is not a whole URL'],
    ['/back', 'is not a whole URL'],
    ['http://shop.example/', 'is not https'],
    ['javascript:alert(1)', 'is not https'],
    ['http://127.0.0.1.evil.example/', 'is not https'],
    ['https://shop.example/#', 'has a fragment'],
    ['https://shop.example@evil.example/', 'holds a user name or password'],
  ]
  for (const [value, problem] of problems) expect(parseReturnUrl(value as string)).toEqual({ problem })
})

test('a line break never survives into the address', () => {
  const parsed = parseReturnUrl('https://shop.example/a\r\nLocation: https://evil.example')
  expect('ok' in parsed && parsed.ok.url).not.toMatch(/[\r\n]/)
})
