import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addDays, addMs, MINUTE } from '@/lib/core/time'
import { parseCertificate } from '../parse-certificate'
import { aKey, aName, keyUsage, uri } from '../testing/make-certificate'
import { makeChain, NOW } from '../testing/make-chain'
import { boolean, explicit, integer, tlv, utf8 } from '../testing/write-der'
import { RevocationError } from './errors'
import { readCrl } from './read-crl'
import { type CrlOptions, issuingDistributionPoint, makeCrl } from './testing/make-crl'

const URL = 'http://crl.example/ca.crl'
const NAME = aName({ C: 'PL', O: 'Trust Authority', CN: 'Intermediate 1' })
const issuer = parse(makeChain().intermediates[0] as Buffer)
const sound: CrlOptions = { issuer: NAME, signer: aKey('p256', 1), thisUpdate: NOW, nextUpdate: addDays(NOW, 7) }

function parse(der: Buffer) {
  return parseCertificate(der, { index: 1, lines: null, label: 'Issuer' }, { nodes: 0, signatures: 0 })
}

function ask(options: Partial<CrlOptions>, more: Partial<Parameters<typeof readCrl>[0]> = {}) {
  const wanted = [{ serial: '03e8', isAuthority: false }] // 1000
  return readCrl({ bytes: makeCrl({ ...sound, ...options }), url: URL, issuer, wanted, now: NOW, ...more })
}

function faultOf(read: () => unknown): string {
  try {
    read()
    return 'none'
  } catch (error) {
    if (error instanceof RevocationError) return error.fault
    throw error
  }
}

test('who is on a sound list is revoked, with its moment and reason; who is not is good', () => {
  const at = addDays(NOW, -3)
  const revoked = [{ serial: 999 }, { serial: 1000, at, reason: 1 }, { serial: 10_000 }]
  expect(ask({ revoked }).answers.get('03e8')).toEqual({
    status: 'revoked',
    revokedAt: at,
    reason: 'keyCompromise',
    thisUpdate: NOW,
    nextUpdate: addDays(NOW, 7),
  })
  expect(ask({ revoked: [{ serial: 999 }] }).answers.get('03e8')).toMatchObject({ status: 'good', revokedAt: null })
  expect(ask({}).answers.get('03e8')?.status).toBe('good')
})

test.each<[string, Partial<CrlOptions>]>([
  ['wrong-signature', { signer: aKey('p256', 2) }],
  ['wrong-signature', { signer: aKey('rsa2048', 2) }],
  ['weak-signature', { hash: 'sha1' }],
  ['wrong-issuer', { issuer: aName({ CN: 'Another' }) }],
  ['stale', { nextUpdate: NOW }],
  ['not-yet-valid', { thisUpdate: addMs(NOW, 6 * MINUTE) }],
  ['no-next-update', { nextUpdate: null }],
  ['delta', { extensions: [{ oid: '2.5.29.27', critical: true, value: integer(1) }] }],
  ['indirect', { extensions: [issuingDistributionPoint(tlv(0x84, [0xff]))] }],
  ['partial', { extensions: [issuingDistributionPoint(tlv(0x83, [1, 0x40]))] }],
  ['out-of-scope', { extensions: [issuingDistributionPoint(tlv(0x85, [0xff]))] }],
  ['out-of-scope', { extensions: [issuingDistributionPoint(tlv(0x82, [0xff]))] }],
  [
    'out-of-scope',
    { extensions: [issuingDistributionPoint(explicit(0, explicit(0, uri('http://crl.example/other'))))] },
  ],
  ['critical-extension', { extensions: [{ oid: '1.2.3.4', critical: true, value: utf8('x') }] }],
  [
    'critical-extension', // of an entry that nobody asked for: an indirect list names other issuers there
    { revoked: [{ serial: 5, extensions: [{ oid: '2.5.29.29', critical: true, value: utf8('x') }] }] },
  ],
])('a list answers nothing: %s', (fault, options) => {
  expect(faultOf(() => ask(options))).toBe(fault)
})

test('a list for end entities at this very place answers for them, and not for authorities', () => {
  const point = issuingDistributionPoint(explicit(0, explicit(0, uri(URL))), tlv(0x81, [0xff]))
  const wanted = [
    { serial: '03e8', isAuthority: false },
    { serial: '07', isAuthority: true },
  ]
  expect([...ask({ extensions: [point] }, { wanted }).answers.keys()]).toEqual(['03e8'])
})

test('an authority that may not sign lists has none, and one without a key usage may', () => {
  const limited = makeChain({ intermediates: [{ extensions: { '2.5.29.15': keyUsage('keyCertSign') } }] })
  expect(faultOf(() => ask({}, { issuer: parse(limited.intermediates[0] as Buffer) }))).toBe('not-authorized')
  const free = makeChain({ intermediates: [{ extensions: { '2.5.29.15': null } }] })
  expect(faultOf(() => ask({}, { issuer: parse(free.intermediates[0] as Buffer) }))).toBe('none')
})

test('a certificate taken off a list is good again', () => {
  expect(ask({ revoked: [{ serial: 1000, reason: 8 }] }).answers.get('03e8')?.status).toBe('good')
})

describe('size and garbage', () => {
  test('fifty thousand entries, the wanted one last', () => {
    const many = Array.from({ length: 50_000 }, (_, n) => ({ serial: 2 ** 40 + n, reason: 4 }))
    const { answers } = ask({ revoked: [...many, { serial: 1000 }] })
    expect(answers.get('03e8')?.status).toBe('revoked')
    expect(ask({ revoked: many }).answers.get('03e8')?.status).toBe('good')
  })

  const whole = makeCrl({
    ...sound,
    revoked: [{ serial: 1000, reason: 1 }],
    extensions: [issuingDistributionPoint(tlv(0x81, [0xff]))],
  })

  test('whatever is cut, added or changed is a fault, never an answer that was not signed', () => {
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const bytes = Buffer.from(whole)
        bytes[at] = (bytes[at] as number) ^ change
        expect(faultOf(() => ask({}, { bytes }))).not.toBe('none')
      }),
      { numRuns: 600 },
    )
    fc.assert(
      fc.property(fc.nat(whole.length - 1), (length) => {
        expect(faultOf(() => ask({}, { bytes: whole.subarray(0, length) }))).toBe('malformed')
      }),
    )
    expect(faultOf(() => ask({}, { bytes: Buffer.concat([whole, boolean(true)]) }))).toBe('malformed')
  })

  test('bytes of any kind are a fault', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        expect(faultOf(() => ask({}, { bytes: Buffer.from(bytes) }))).toBe('malformed')
      }),
      { numRuns: 500 },
    )
  })
})
