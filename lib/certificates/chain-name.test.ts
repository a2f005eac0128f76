import { X509Certificate } from 'node:crypto'
import { expect, test } from 'vitest'
import { chainName } from './chain-name'
import { describeName } from './describe-name'
import { makeClientChain } from './testing/make-client-chain'

test('the common name comes before the organization, and both before the whole subject', () => {
  expect(chainName('C=IT, O=Demo Shop, CN=demo.example')).toBe('demo.example')
  expect(chainName('C=IT, O=Demo Shop')).toBe('Demo Shop')
  expect(chainName('C=IT, OU=Payments')).toBe('C=IT, OU=Payments')
  expect(chainName('')).toBe('Without a name')
})

test('a name is shown as it stands in the certificate, its special characters without escapes', () => {
  const named = (name: string) => chainName(describeName(new X509Certificate(makeClientChain({ name }).cert).subject))
  expect(named('<b>Shop</b>')).toBe('<b>Shop</b>')
  expect(named('Rossi, Bianchi + "Figli"; O=Bank')).toBe('Rossi, Bianchi + "Figli"; O=Bank')
  expect(named('back\\slash')).toBe('back\\slash')
  expect(named('turned \u202eround')).toBe('turned \u{FFFD}round')
  expect(named('two\r\nlines')).toBe('two\u{FFFD}\u{FFFD}lines')
})
