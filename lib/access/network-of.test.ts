import { expect, test } from 'vitest'
import { networkOf } from './network-of'

test('of IPv6 a network is one address, of IPv4 each address is', () => {
  expect(networkOf('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64')
  expect(networkOf('2001:DB8::1')).toBe('2001:db8:0:0::/64')
  expect(networkOf('::1')).toBe('0:0:0:0::/64')
  expect(networkOf('::ffff:192.0.2.1')).toBe('::ffff:192.0.2.1')
  expect(networkOf('192.0.2.1')).toBe('192.0.2.1')
  expect(networkOf(null)).toBe('unknown')
})
