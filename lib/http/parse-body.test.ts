import { expect, test } from 'vitest'
import { parseFormMembers } from './parse-body'

const FORM = 'application/x-www-form-urlencoded'

test('a form is read as URLSearchParams reads it, whether or not there is anything to decode', () => {
  const forms = [
    '',
    '&',
    'grant_type=client_credentials&scope=psd2-ais',
    'a=1&&b=2&',
    'a&b=&=c',
    'a=b=c',
    '?a=1',
    'a=1+2&b=%20x%2By',
    'scope=psd2-ais psd2-pis',
    'naïve=ö',
    'token=AZaz09-._~',
  ]
  for (const form of forms) {
    expect({ ...parseFormMembers(form, FORM) }, form).toEqual(Object.fromEntries(new URLSearchParams(form)))
  }
})

test('a member that is there twice is refused, whether or not there is anything to decode', () => {
  for (const form of ['a=1&a=2', 'a=1&%61=2', 'a&a']) {
    expect(() => parseFormMembers(form, FORM), form).toThrow('"a" is there more than once.')
  }
})

test('members have no inherited names', () => {
  expect(parseFormMembers('toString=1&__proto__=2', FORM)).toEqual(
    Object.assign(Object.create(null), { toString: '1', ['__proto__']: '2' }),
  )
})
