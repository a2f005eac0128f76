import { describe, expect, test } from 'vitest'
import { faultsOf, reportOf } from '../testing/find-faults'
import {
  ANY,
  aKey,
  aName,
  assemble,
  authorityKeyId,
  basicConstraints,
  CLIENT,
  extendedKeyUsage,
  keyIdOf,
  keyUsage,
  SERVER,
  subjectKeyId,
  toPem,
} from '../testing/make-certificate'
import { makeChain } from '../testing/make-chain'
import { explicit, integer, octets, printable, sequence, tlv } from '../testing/write-der'

describe('issuers: names, keys and signatures', () => {
  test('a certificate that was changed after it was signed', async () => {
    const { leaf, intermediates, root } = makeChain()
    const changed = Buffer.from(leaf)
    changed[changed.indexOf('client.tpp.example') + 2]! ^= 0x01
    expect(await faultsOf(toPem(changed, ...intermediates, root))).toEqual(['signature-invalid@0'])
    const upper = Buffer.from(intermediates[0]!)
    upper[upper.length - 5]! ^= 0x01
    expect(await faultsOf(toPem(leaf, upper, root))).toEqual(['signature-invalid@1'])
    const top = Buffer.from(root)
    top[top.length - 5]! ^= 0x01
    expect(await faultsOf(toPem(leaf, intermediates[0]!, top))).toEqual(['signature-invalid@2'])
  })

  test('an authority of the same name with another key is the one at fault', async () => {
    const { leaf, root } = makeChain()
    const rekeyed = makeChain({ intermediates: [{ keys: aKey('p256', 5) }] })
    expect(await faultsOf(toPem(leaf, rekeyed.intermediates[0]!, root))).toEqual(['issuer-key-differs@1'])
    const signer = makeChain({ root: { keys: aKey('p256', 6) } })
    expect(await faultsOf(toPem(...makeChain().all.slice(0, 2), signer.root))).toEqual(['issuer-key-differs@2'])
  })

  test('without key identifiers it is a wrong signature', async () => {
    const bare = { extensions: { '2.5.29.35': null, '2.5.29.14': null } }
    const { leaf, root } = makeChain({ leaf: bare })
    const rekeyed = makeChain({ intermediates: [{ keys: aKey('p256', 5), ...bare }] })
    const faults = await faultsOf(toPem(leaf, rekeyed.intermediates[0]!, root))
    expect(faults).toEqual(['signature-invalid@0', 'ca-profile@0', 'ca-profile@1'])
  })

  test('key identifiers that lead elsewhere, with a right signature', async () => {
    const wrong = Buffer.alloc(20, 7)
    expect(await faultsOf(makeChain({ leaf: { extensions: { '2.5.29.35': authorityKeyId(wrong) } } }))).toEqual([
      'key-id-differs@0',
    ])
    expect(
      await faultsOf(makeChain({ intermediates: [{ extensions: { '2.5.29.14': subjectKeyId(wrong) } }] })),
    ).toEqual(['key-id-differs@0'])
    const bySerial = {
      oid: '2.5.29.35',
      value: sequence(
        tlv(0x80, keyIdOf(aKey('p256', 1))),
        explicit(1, explicit(4, aName({ CN: 'Root' }))),
        tlv(0x82, integer(99).subarray(2)),
      ),
    }
    expect(await faultsOf(makeChain({ leaf: { extensions: { '2.5.29.35': bySerial } } }))).toEqual(['key-id-differs@0'])
  })

  test('names that only read alike are not the same name', async () => {
    const parts = { C: 'PL', O: 'Trust Authority', CN: 'Intermediate 1' }
    const made = makeChain({ leaf: { issuer: aName(parts, printable) } })
    expect(await faultsOf(made)).toEqual(['issuer-name-differs@0'])
    const { findings } = await reportOf({ bytes: made.pem })
    expect(findings[0]?.message).toContain('encoded differently')
  })
})

describe('authorities', () => {
  test('an issuer has the CA bit', async () => {
    const none = { extensions: { '2.5.29.19': null } }
    const isLeaf = { extensions: { '2.5.29.19': basicConstraints(false) } }
    expect(await faultsOf(makeChain({ intermediates: [none] }))).toEqual(['ca-bit-missing@1'])
    expect(await faultsOf(makeChain({ intermediates: [isLeaf] }))).toEqual(['ca-bit-missing@1'])
    expect(await faultsOf(makeChain({ root: none }))).toEqual(['ca-bit-missing@2'])
  })

  test('an issuer with a key usage has keyCertSign', async () => {
    const signs = { extensions: { '2.5.29.15': keyUsage('digitalSignature', 'cRLSign') } }
    expect(await faultsOf(makeChain({ intermediates: [signs] }))).toEqual(['key-cert-sign-missing@1'])
    expect(await faultsOf(makeChain({ root: signs }))).toEqual(['key-cert-sign-missing@2'])
    expect(await faultsOf(makeChain({ intermediates: [{ extensions: { '2.5.29.15': null } }] }))).toEqual([
      'ca-profile@1',
    ])
  })

  test('the path length of every authority counts the intermediates below it, the root’s too', async () => {
    const limit = (length: number) => ({ extensions: { '2.5.29.19': basicConstraints(true, length) } })
    expect(await faultsOf(makeChain({ depth: 2, root: limit(2), intermediates: [limit(1), limit(0)] }))).toEqual([])
    expect(await faultsOf(makeChain({ depth: 2, intermediates: [limit(0)] }))).toEqual(['path-length-exceeded@2'])
    expect(await faultsOf(makeChain({ depth: 2, root: limit(1) }))).toEqual(['path-length-exceeded@3'])
    expect(await faultsOf(makeChain({ depth: 1, root: limit(0) }))).toEqual(['path-length-exceeded@2'])
    expect(await faultsOf(makeChain({ depth: 0, root: limit(0) }))).toEqual([])
  })

  test('a self-issued intermediate does not count towards the path length', async () => {
    const name = aName({ C: 'PL', O: 'Trust Authority', CN: 'Root' })
    const limited = { extensions: { '2.5.29.19': basicConstraints(true, 0) } }
    const made = makeChain({ depth: 1, root: limited, intermediates: [{ subject: name, keys: aKey('p256', 7) }] })
    expect(await faultsOf(made)).toEqual([])
  })

  test('the extended key usage of every authority reaches clientAuth', async () => {
    const usage = (...purposes: string[]) => ({ extensions: {}, more: [extendedKeyUsage(...purposes)] })
    expect(await faultsOf(makeChain({ intermediates: [usage(CLIENT, SERVER)], root: usage(CLIENT) }))).toEqual([])
    expect(await faultsOf(makeChain({ intermediates: [usage(SERVER)] }))).toEqual(['ca-usage-excludes-client@1'])
    expect(await faultsOf(makeChain({ intermediates: [usage(ANY)] }))).toEqual(['ca-usage-excludes-client@1'])
    expect(await faultsOf(makeChain({ root: usage(SERVER) }))).toEqual(['ca-usage-excludes-client@2'])
  })
})

test('two algorithms named differently are one fault, not a wrong signature too', async () => {
  const made = makeChain({ leaf: { outerAlgorithm: sequence(Buffer.from('06082a8648ce3d040303', 'hex')) } })
  expect(await faultsOf(made)).toEqual(['signature-algorithm-differs@0'])
  expect(octets(assemble(made.leaf, made.leaf, made.leaf))).not.toHaveLength(0)
})

test('independent faults are all named at once', async () => {
  const made = makeChain({
    leaf: {
      extensions: { '2.5.29.37': extendedKeyUsage(SERVER) },
      notAfter: new Date('2026-06-01T00:00:00Z'),
      serial: 0,
    },
    intermediates: [{ extensions: { '2.5.29.15': keyUsage('cRLSign') } }],
  })
  const reversed = toPem(...[...made.all].reverse())
  expect((await faultsOf(reversed)).sort()).toEqual([
    'expired@2',
    'key-cert-sign-missing@1',
    'order-reversed@0',
    'serial-not-positive@2',
    'server-auth-only@2',
  ])
})
