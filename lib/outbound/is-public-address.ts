import ipaddr from 'ipaddr.js'

// Only these hold globally routed unicast (IANA IPv6 address space registry); what is special within them, ipaddr.js names.
const GLOBAL_UNICAST = ipaddr.parseCIDR('2000::/3')
const NAT64 = ipaddr.parseCIDR('64:ff9b::/96')

/**
 * Whether an address may be reached on the open internet: neither private, loopback, link-local, shared, multicast nor
 * reserved. What only wraps an IPv4 address (mapped, NAT64) is judged by the address within.
 */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false
  const address = ipaddr.process(text)
  if (address.kind() === 'ipv4') return address.range() === 'unicast'
  const v6 = address as ipaddr.IPv6
  if (v6.match(NAT64)) return isPublicAddress(v6.toByteArray().slice(12).join('.'))
  return v6.range() === 'unicast' && v6.match(GLOBAL_UNICAST)
}
