import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkChain, MAX_FINDINGS } from './check-chain'
import { MAX_NODES } from './der/der'
import { FINDING_CODES, FINDINGS } from './finding-codes'
import { parseCertificate } from './parse-certificate'
import { findSources } from './revocation/find-sources'
import { MAX_COMPARISONS } from './rules/name-constraints'
import { MAX_BYTES, MAX_CERTIFICATES } from './schema'
import { aKey, aName, authorityKeyId, keyIdOf, subjectKeyId, toPem } from './testing/make-certificate'
import { makeChain, NOW, yearsFromNow } from './testing/make-chain'
import { WORST_CASES } from './testing/worst-cases'
import { tlv } from './testing/write-der'

const sound = makeChain()
const codes = (findings: { code: string }[]) => findings.map(({ code }) => code)

describe('the verdict', () => {
  test('a trusted root, no fault, and OpenSSL agrees: accepted, as DER from leaf to root', async () => {
    const { report, chain } = await checkChain({ bytes: sound.pem, anchors: sound.anchors, at: NOW })
    expect(report).toMatchObject({ verdict: 'accept', trusted: true })
    expect(chain).toEqual(sound.all)
    expect(codes(report.findings)).toEqual(['revocation-unchecked', 'revocation-unchecked'])
  })

  test('an unknown root waits for a person, and is never trusted for having been submitted', async () => {
    const { report, chain } = await checkChain({ bytes: sound.pem, anchors: [], at: NOW })
    expect(report).toMatchObject({
      verdict: 'review',
      trusted: false,
    })
    expect(report.findings[0]).toMatchObject({ code: 'root-unknown', certificate: 2, severity: 'warning' })
    expect(chain).toEqual(sound.all)
  })

  test('an anchor of the same name with another key trusts nothing', async () => {
    const { root } = makeChain({ root: { keys: aKey('p256', 8) } })
    const { report } = await checkChain({ bytes: sound.pem, anchors: [{ der: root }], at: NOW })
    expect(report.verdict).toBe('review')
    expect(report.findings[0]?.message).toContain('same name, but another key')
  })

  test('a root issued again with the same key is the same anchor, while that one is valid', async () => {
    const { root } = makeChain({ root: { serial: 77 } })
    const { report } = await checkChain({ bytes: sound.pem, anchors: [{ der: root }], at: NOW })
    expect(report).toMatchObject({ verdict: 'accept', findings: [{ code: 'root-reissued' }, {}, {}] })
    const old = makeChain({ root: { notAfter: new Date('2026-01-01T00:00:00Z') } })
    expect((await checkChain({ bytes: sound.pem, anchors: old.anchors, at: NOW })).report.verdict).toBe('review')
  })

  test('an intermediate among the anchors does not make a chain trusted', async () => {
    const anchors = [{ der: sound.intermediates[0]! }]
    expect((await checkChain({ bytes: sound.pem, anchors, at: NOW })).report.verdict).toBe('review')
  })

  test('what OpenSSL alone refuses waits for a person', async () => {
    const made = makeChain({
      intermediates: [{ extensions: { '2.5.29.14': null } }],
      leaf: { extensions: { '2.5.29.35': null } },
    })
    const { report } = await checkChain({ bytes: made.pem, anchors: made.anchors, at: NOW })
    expect(report.verdict).toBe('review')
    expect(codes(report.findings)).toContain('openssl-refuses')
  })

  test('without OpenSSL nothing is better than a review', async () => {
    const openssl = async () => ({ says: 'nothing' as const, reason: 'there is no such program' })
    const { report } = await checkChain({ bytes: sound.pem, anchors: sound.anchors, at: NOW, openssl })
    expect(report.verdict).toBe('review')
    expect(codes(report.findings)).toContain('openssl-unavailable')
  })

  test('who can ask about revocation says what was found', async () => {
    const seen: number[] = []
    const revocation = async (path: unknown[]) => {
      seen.push(path.length)
      return []
    }
    const { report } = await checkChain({ bytes: sound.pem, anchors: sound.anchors, at: NOW, revocation })
    expect([seen, report.findings]).toEqual([[3], []])
    const unknown = await checkChain({ bytes: sound.pem, anchors: [], at: NOW, revocation })
    expect(seen).toEqual([3])
    expect(codes(unknown.report.findings)).toContain('revocation-unchecked')
  })

  test('a rejected chain gives nothing to store', async () => {
    const { chain } = await checkChain({ bytes: toPem(...[...sound.all].reverse()), anchors: sound.anchors, at: NOW })
    expect(chain).toBeNull()
  })
})

test('every code has a severity, words, a fix and a reference', () => {
  for (const code of FINDING_CODES) {
    expect(code).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/)
    for (const words of [FINDINGS[code].title, FINDINGS[code].meaning, FINDINGS[code].fix, FINDINGS[code].reference]) {
      expect(words.length).toBeGreaterThan(3)
    }
  }
})

test('names of strangers are shown without controls and without turning the text around', async () => {
  const made = makeChain({ leaf: { subject: aName({ CN: 'safe\u202egnp.exe\u0007\u001b[31m' }) } })
  const { report } = await checkChain({ bytes: made.pem, anchors: [], at: NOW })
  expect(JSON.stringify(report)).not.toMatch(/\u202e|\\u0007|\\u001b/)
})

describe('whatever is sent', () => {
  const openssl = async () => ({ says: 'accept' as const })
  const check = (bytes: Uint8Array | string) => checkChain({ bytes, anchors: sound.anchors, at: NOW, openssl })
  const isBounded = (work: { nodes: number; signatures: number }) =>
    // Each reading that is refused has counted one more.
    work.nodes <= MAX_NODES + 10 * MAX_CERTIFICATES && work.signatures <= MAX_CERTIFICATES ** 2 + sound.anchors.length
  const noise = { numRuns: 300 }

  test('bytes of any kind get a report and bounded work', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), async (bytes) => {
        const { report, work } = await check(bytes)
        expect(report.verdict).toBe('reject')
        expect(isBounded(work)).toBe(true)
      }),
      noise,
    )
  })

  test('a PEM text with any character changed, removed or doubled is never trusted for another content', async () => {
    const change = fc.record({ at: fc.nat(sound.pem.length - 1), drop: fc.nat(3), put: fc.string({ maxLength: 3 }) })
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        let text = sound.pem
        for (const { at, drop, put } of changes) text = text.slice(0, at) + put + text.slice(at + drop)
        const { report, chain, work } = await check(text)
        expect(isBounded(work)).toBe(true)
        if (report.verdict === 'accept') expect(chain).toEqual(sound.all)
      }),
      noise,
    )
  })

  test('a certificate with any octet changed is rejected: everything in it is signed or is the signature', async () => {
    const flip = fc.record({ which: fc.nat(2), at: fc.nat(100_000), bit: fc.nat(7) })
    await fc.assert(
      fc.asyncProperty(flip, async ({ which, at, bit }) => {
        const all = sound.all.map((der) => Buffer.from(der))
        const der = all[which]!
        der[at % der.length]! ^= 1 << bit
        const { report, work } = await check(toPem(...all))
        expect(report.verdict).toBe('reject')
        expect(isBounded(work)).toBe(true)
      }),
      noise,
    )
  })

  test('long lines, many boundaries and deep nesting cost no more than their length', async () => {
    const texts = [
      '-'.repeat(MAX_BYTES),
      '-----BEGIN '.repeat(MAX_BYTES / 11),
      '-----BEGIN CERTIFICATE-----\n'.repeat(MAX_BYTES / 28),
      `-----BEGIN CERTIFICATE-----\n${'A'.repeat(MAX_BYTES - 100)}\n-----END CERTIFICATE-----`,
      `-----BEGIN CERTIFICATE-----\n${Buffer.alloc(150_000, '3080', 'hex').toString('base64')}\n-----END CERTIFICATE-----`,
      '%2D'.repeat(MAX_BYTES / 3),
      'PRIVATE '.repeat(MAX_BYTES / 8),
      '<D>'.repeat(MAX_BYTES / 3),
    ]
    for (const text of texts) {
      const { report, work } = await check(text.slice(0, MAX_BYTES))
      expect(report.verdict).toBe('reject')
      expect(isBounded(work)).toBe(true)
    }
  })

  test.each(Object.entries(WORST_CASES))('the worst of its kind: %s', { timeout: 4000 }, async (_, make) => {
    const { bytes, anchors } = make()
    expect(bytes.length).toBeLessThanOrEqual(MAX_BYTES)
    const { report, work } = await checkChain({ bytes, anchors, at: NOW, openssl })
    expect(isBounded(work)).toBe(true)
    // The one that goes beyond is not made.
    const made = codes(report.findings).includes('name-constraints-too-complex') ? 0 : work.comparisons
    expect(made).toBeLessThanOrEqual(MAX_COMPARISONS)
    expect(report.findings.length).toBeLessThanOrEqual(MAX_FINDINGS + 1)
    expect(JSON.stringify(report).length).toBeLessThan(64 * 1024)
  })

  test('of thousands of findings a hundred are named, the gravest first, and the others counted', async () => {
    const { report } = await check('-----END CERTIFICATE-----\n'.repeat(250))
    expect(report.findings).toHaveLength(MAX_FINDINGS + 1)
    expect(report.findings.at(-1)).toMatchObject({ code: 'findings-more', message: 'There are 151 more findings.' })
    expect(report.verdict).toBe('reject')
  })

  test('an object identifier of any length is refused before it becomes a number', async () => {
    const { report } = await check(WORST_CASES['an identifier of 140 KB in a name']!().bytes)
    expect(codes(report.findings)).toContain('der-too-complex')
  })

  test('names are not compared with more constraints than can be afforded', async () => {
    const { bytes, anchors } = WORST_CASES['8,000 names and 4,000 constraints']!()
    const { report } = await checkChain({ bytes, anchors, at: NOW, openssl })
    expect(codes(report.findings)).toContain('name-constraints-too-complex')
  })

  test.each([
    ['subjectAltName', '2.5.29.17', 0],
    ['nameConstraints', '2.5.29.30', 1],
    ['qcStatements', '1.3.6.1.5.5.7.1.3', 0],
    ['authorityKeyIdentifier', '2.5.29.35', 0],
    ['authorityInfoAccess', '1.3.6.1.5.5.7.1.1', 0],
    ['cRLDistributionPoints', '2.5.29.31', 0],
  ] as const)('any tree of values as %s gets a report, and grants nothing new', async (_, oid, position) => {
    await fc.assert(
      fc.asyncProperty(derTree, async (value) => {
        const changes = { extensions: { [oid]: { oid, value } }, more: [{ oid, value }] }
        const made = makeChain(position === 0 ? { leaf: changes } : { intermediates: [changes] })
        const { report, work } = await checkChain({ bytes: made.pem, anchors: made.anchors, at: NOW, openssl })
        expect(isBounded(work)).toBe(true)
        for (const { psd2 } of report.certificates) expect(psd2?.roles ?? []).toEqual([])
        const place = { index: 0, lines: null, label: 'Certificate 1 of 1' }
        findSources(parseCertificate(made.leaf, place, { nodes: 0, signatures: 0 }))
      }),
      { numRuns: 100 },
    )
  })

  test('ten authorities of one name and key cost at most one signature for each pair', async () => {
    const subject = aName({ CN: 'Same' })
    const keys = aKey('p256', 5)
    const extensions = { '2.5.29.14': subjectKeyId(keyIdOf(keys)), '2.5.29.35': authorityKeyId(keyIdOf(keys)) }
    const all = Array.from({ length: MAX_CERTIFICATES }, (_, number) => {
      const made = makeChain({
        depth: 0,
        root: { subject, keys, serial: number + 1, signer: aKey('p256', 6), extensions },
      })
      return made.root
    })
    const { work } = await check(toPem(...all))
    expect(work.signatures).toBeLessThanOrEqual(MAX_CERTIFICATES ** 2)
    expect(yearsFromNow(1) > NOW).toBe(true)
  })
})

const text = fc.string({ maxLength: 12 }).map((value) => Buffer.from(value, 'utf8'))
const octets = fc.uint8Array({ maxLength: 20 }).map((value) => Buffer.from(value))
const oids = fc
  .constantFrom('2a03', '550403', '04008e461106', '2b06010505073002', '04008098270201', '04008098270101')
  .map((value) => Buffer.from(value, 'hex'))

/** Values within values, of the tags that names, constraints, key identifiers and statements are made of. */
const { derTree } = fc.letrec<{ derTree: Buffer }>((tie) => ({
  derTree: fc.oneof(
    { maxDepth: 5 },
    fc.tuple(fc.constantFrom(0x06), oids).map(([tag, content]) => tlv(tag, content)),
    fc.tuple(fc.constantFrom(0x0c, 0x13, 0x16, 0x81, 0x82, 0x86), text).map(([tag, content]) => tlv(tag, content)),
    fc
      .tuple(fc.constantFrom(0x01, 0x02, 0x03, 0x04, 0x05, 0x80, 0x87), octets)
      .map(([tag, content]) => tlv(tag, content)),
    fc
      .tuple(fc.constantFrom(0x30, 0x30, 0x30, 0x31, 0xa0, 0xa1, 0xa4), fc.array(tie('derTree'), { maxLength: 4 }))
      .map(([tag, children]) => tlv(tag, ...children)),
  ),
}))
