import { expect, test } from 'vitest'
import { parseDeeplink, parseToken } from './deeplink'

const ORIGINS = ['https://bank.example']
const TOKEN = 'Ab3_-'.repeat(9).slice(0, 43)

test('a deeplink into this wallet gives its token, spaces around it or not', () => {
  expect(parseDeeplink(`https://bank.example/wallet/d#${TOKEN}`, ORIGINS)).toBe(TOKEN)
  expect(parseDeeplink(` https://bank.example/wallet/d#${TOKEN}\n`, ORIGINS)).toBe(TOKEN)
})

test.each([
  `https://bank.example.evil.example/wallet/d#${TOKEN}`,
  `https://bank.example@evil.example/wallet/d#${TOKEN}`,
  `http://bank.example/wallet/d#${TOKEN}`,
  `https://bank.example:444/wallet/d#${TOKEN}`,
  `https://bank.example/wallet/d/#${TOKEN}`,
  `https://bank.example/wallet/d?x=1#${TOKEN}`,
  `https://bank.example/wallet/d?token=${TOKEN}`,
  'https://bank.example/wallet/d',
  'https://bank.example/wallet/d#',
  'https://bank.example/wallet/d#short',
  `javascript:alert(1)//${TOKEN}`,
  TOKEN,
  'WIFI:S:cafe;T:WPA;P:secret;;',
  '',
  'x'.repeat(5000),
])('%.60s is not one', (text) => {
  expect(parseDeeplink(text, ORIGINS)).toBeNull()
})

test('a fragment with anything but a token in it gives nothing', () => {
  expect(parseToken(`#${TOKEN}`)).toBe(TOKEN)
  expect(parseToken('#:~:text=hello')).toBeNull()
  expect(parseToken('')).toBeNull()
})
