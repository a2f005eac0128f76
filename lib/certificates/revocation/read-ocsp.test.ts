import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addDays, addMs, HOUR, MINUTE } from '@/lib/core/time'
import { parseCertificate } from '../parse-certificate'
import {
  aKey,
  aName,
  basicConstraints,
  type CertificateOptions,
  CLIENT,
  extendedKeyUsage,
  keyUsage,
  makeCertificate,
} from '../testing/make-certificate'
import { makeChain, NOW } from '../testing/make-chain'
import { RevocationError } from './errors'
import { readOcsp } from './read-ocsp'
import { makeOcsp, type OcspOptions } from './testing/make-ocsp'

const NAME = aName({ C: 'PL', O: 'Trust Authority', CN: 'Intermediate 1' })
const NONCE = Buffer.from('0123456789abcdef')
const OCSP_SIGNING = '1.3.6.1.5.5.7.3.9'
const chain = makeChain()
const certificate = parse(chain.leaf)
const issuer = parse(chain.intermediates[0] as Buffer)
const keys = aKey('p256', 1)
const sound: OcspOptions = {
  issuer: { name: NAME, keys },
  serial: 1000,
  status: 'good',
  thisUpdate: NOW,
  nextUpdate: addDays(NOW, 1),
  nonce: NONCE,
  signer: keys,
  responder: NAME,
}

function parse(der: Buffer) {
  return parseCertificate(der, { index: 0, lines: null, label: 'Certificate' }, { nodes: 0, signatures: 0 })
}

function ask(options: Partial<OcspOptions>, bytes = makeOcsp({ ...sound, ...options })) {
  return readOcsp({ bytes, certificate, issuer, nonce: NONCE, now: NOW })
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

/** A certificate of the same authority, for another purpose unless changed. */
function delegate(changes: Partial<CertificateOptions> = {}, purposes = [OCSP_SIGNING]) {
  const name = aName({ CN: 'Responder' })
  const der = makeCertificate({
    subject: name,
    issuer: NAME,
    keys: aKey('p256', 20),
    signer: keys,
    serial: 77,
    notBefore: addDays(NOW, -1),
    notAfter: addDays(NOW, 30),
    extensions: [basicConstraints(false), keyUsage('digitalSignature'), extendedKeyUsage(...purposes)],
    ...changes,
  })
  return { responder: name, signer: aKey('p256', 20), certificates: [der] }
}

test('the issuer itself, or who it appointed, says good or revoked', () => {
  const common = { thisUpdate: NOW, nextUpdate: addDays(NOW, 1) }
  expect(ask({})).toEqual({ status: 'good', revokedAt: null, reason: null, ...common })
  expect(ask(delegate())).toMatchObject({ status: 'good' })
  const revokedAt = addDays(NOW, -2)
  expect(ask({ status: { revokedAt, reason: 6 } })).toEqual({
    status: 'revoked',
    revokedAt,
    reason: 'certificateHold',
    ...common,
  })
  expect(ask({ status: { revokedAt } }).reason).toBe('unspecified')
  expect(faultOf(() => ask({ nonce: undefined }))).toBe('none')
  expect(ask({ nextUpdate: null }).nextUpdate).toBeNull()
})

test.each<[string, Partial<OcspOptions>]>([
  // Another client of the same authority is not a responder: the certificate that must not vouch for anybody.
  ['not-authorized', delegate({}, [CLIENT])],
  ['not-authorized', delegate({}, ['2.5.29.37.0'])],
  ['not-authorized', delegate({ signer: aKey('p256', 30) })],
  ['not-authorized', delegate({ issuer: aName({ CN: 'Another' }) })],
  ['not-authorized', delegate({ notAfter: addDays(NOW, -1), notBefore: addDays(NOW, -2) })],
  ['not-authorized', delegate({ extensions: [extendedKeyUsage(OCSP_SIGNING), keyUsage('keyEncipherment')] })],
  ['not-authorized', { ...delegate(), certificates: [] }],
  ['not-authorized', { responder: aName({ CN: 'Nobody' }) }],
  ['wrong-signature', { signer: aKey('p256', 2) }],
  ['wrong-signature', { ...delegate(), signer: aKey('p256', 2) }],
  ['other-certificate', { serial: 1001 }],
  ['other-certificate', { issuer: { name: aName({ CN: 'Another' }), keys } }],
  ['other-certificate', { issuer: { name: NAME, keys: aKey('p256', 2) } }],
  ['nonce', { nonce: Buffer.from('another question') }],
  ['stale', { thisUpdate: addDays(NOW, -2), nextUpdate: NOW }],
  ['stale', { thisUpdate: addMs(NOW, -25 * HOUR), nextUpdate: null }],
  ['not-yet-valid', { thisUpdate: addMs(NOW, 6 * MINUTE) }],
  ['responder-unknowing', { status: 'unknown' }],
  ['responder-refuses', { responseStatus: 6 }],
])('a response answers nothing: %s', (fault, options) => {
  expect(faultOf(() => ask(options))).toBe(fault)
})

test('whatever is cut, changed or made up is a fault, never another answer', () => {
  const whole = makeOcsp({ ...sound, ...delegate(), status: { revokedAt: NOW } })
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const bytes = Buffer.from(whole)
      bytes[at] = (bytes[at] as number) ^ change
      let status: string | null = null
      if (faultOf(() => (status = ask({}, bytes).status)) === 'none') expect(status).toBe('revoked')
    }),
    { numRuns: 600 },
  )
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(faultOf(() => ask({}, Buffer.from(bytes)))).not.toBe('none')
    }),
  )
})
