import { expect, test } from 'vitest'
import { ENVIRONMENTS, hintOf, isApplicationSecret, newApplicationSecret, sha256 } from './secrets'

test.each(ENVIRONMENTS)(
  'an Application Secret of %s has one length, says its environment and needs no escaping',
  (environment) => {
    for (let i = 0; i < 200; i++) {
      const { plaintext, hash, hint } = newApplicationSecret(environment)
      expect(plaintext).toMatch(new RegExp(`^cs_sk_${environment}_[0-9A-Za-z]{49}$`))
      expect(isApplicationSecret(plaintext)).toBe(true)
      expect(hash).toEqual(sha256(plaintext))
      expect(hint).toBe(`cs_sk_${environment}_…${plaintext.slice(-5)}`)
    }
  },
)

test('its checksum notices each changed character, the environment’s too', () => {
  const { plaintext } = newApplicationSecret('sandbox')
  for (let i = 'cs_sk_sandbox_'.length; i < plaintext.length; i++) {
    const other = plaintext[i] === 'a' ? 'b' : 'a'
    expect(isApplicationSecret(plaintext.slice(0, i) + other + plaintext.slice(i + 1))).toBe(false)
  }
  expect(isApplicationSecret(plaintext.replace('sandbox', 'production'))).toBe(false)
  expect(isApplicationSecret(`${plaintext}0`)).toBe(false)
})

test('a hint of what is no Application Secret shows its end alone', () => {
  expect(hintOf('d'.repeat(32))).toBe('…ddddd')
})
