import { describe, expect, test } from 'vitest'
import { faultsOf, reportOf } from '../testing/find-faults'
import {
  ANY,
  aKey,
  alternativeNames,
  aName,
  basicConstraints,
  CLIENT,
  directory,
  dns,
  email,
  extendedKeyUsage,
  ip,
  type KeyKind,
  keyUsage,
  nameConstraints,
  otherName,
  SERVER,
  uri,
} from '../testing/make-certificate'
import { type Changes, makeChain, NOW } from '../testing/make-chain'
import { integer, nothing, octets, oid, sequence, utf8 } from '../testing/write-der'

const leafWith = (changes: Changes) => faultsOf(makeChain({ leaf: changes }))
const SECOND_MS = 1000
const at = (offset: number) => new Date(NOW.getTime() + offset)

describe('validity', () => {
  test('is judged for each certificate', async () => {
    const past = { notAfter: at(-SECOND_MS) }
    expect(await faultsOf(makeChain({ leaf: past, intermediates: [past], root: past }))).toEqual([
      'expired@0',
      'expired@1',
      'expired@2',
    ])
  })

  test('both ends are inside', async () => {
    expect(await leafWith({ notBefore: NOW })).toEqual([])
    expect(await leafWith({ notBefore: at(SECOND_MS) })).toEqual(['not-yet-valid@0'])
    expect(await leafWith({ notAfter: NOW })).toEqual(['expires-soon@0'])
    expect(await leafWith({ notAfter: at(-SECOND_MS) })).toEqual(['expired@0'])
  })

  test('how soon is said', async () => {
    const { findings } = await reportOf({ bytes: makeChain({ leaf: { notBefore: at(3 * 86_400_000) } }).pem })
    expect(findings[0]?.message).toContain('in 3 days')
  })

  test('an end before the beginning is one fault', async () => {
    expect(await leafWith({ notBefore: at(-SECOND_MS), notAfter: at(-2 * SECOND_MS) })).toEqual(['validity-inverted@0'])
  })

  test('years beyond 2050 are read', async () => {
    expect(await faultsOf(makeChain({ root: { notAfter: new Date('2060-01-01T00:00:00Z') } }))).toEqual([])
  })
})

describe('keys', () => {
  test.each<[KeyKind, string[]]>([
    ['p384', []],
    ['p521', []],
    ['rsa2048', []],
    ['pss', []],
    ['ed25519', []],
    ['ed448', []],
    ['rsa3', ['key-exponent-small@0']],
    ['rsa1024', ['key-too-small@0']],
    ['p224', ['key-curve@0']],
    ['secp256k1', ['key-curve@0']],
    ['brainpool', ['key-curve@0']],
    ['dsa', ['key-type@0']],
    ['x25519', ['key-type@0']],
  ])('%s', async (kind, faults) => expect(await leafWith({ keys: aKey(kind, 9) })).toEqual(faults))

  test('of authorities, too', async () => {
    expect(await faultsOf(makeChain({ intermediates: [{ keys: aKey('rsa1024', 1) }] }))).toEqual(['key-too-small@1'])
    expect(await faultsOf(makeChain({ root: { keys: aKey('secp256k1', 0) } }))).toEqual(['key-curve@2'])
  })

  test('an exponent of one protects nothing', async () => {
    const { n } = aKey('rsa2048').publicKey.export({ format: 'jwk' })
    const modulus = BigInt(`0x${Buffer.from(n ?? '', 'base64url').toString('hex')}`)
    const key = (exponent: bigint) =>
      sequence(
        sequence(oid('1.2.840.113549.1.1.1'), nothing()),
        Buffer.concat([Buffer.from('0382', 'hex'), lengthAnd(sequence(integer(modulus), integer(exponent)))]),
      )
    expect(await leafWith({ keyInfo: key(1n) })).toContain('key-exponent@0')
    expect(await leafWith({ keyInfo: key(65_536n) })).toContain('key-exponent@0')
    expect(await leafWith({ keyInfo: key(2n ** 80n + 1n) })).toContain('key-exponent@0')
  })
})

function lengthAnd(content: Buffer): Buffer {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(content.length + 1)
  return Buffer.concat([length, Buffer.from([0]), content])
}

describe('signature algorithms', () => {
  const rsa = { kind: 'rsa2048' as const }

  test('SHA-2 with 256 bits and more', async () => {
    for (const hash of ['sha256', 'sha384', 'sha512'] as const) {
      expect(await faultsOf(makeChain({ ...rsa, leaf: { hash } }))).toEqual([])
      expect(await faultsOf(makeChain({ leaf: { hash } }))).toEqual([])
    }
    expect(await faultsOf(makeChain({ ...rsa, leaf: { pss: true } }))).toEqual([])
  })

  test('no MD5, no SHA-1, no SHA-224', async () => {
    expect(await faultsOf(makeChain({ ...rsa, leaf: { hash: 'sha1' } }))).toEqual(['signature-algorithm-weak@0'])
    expect(await faultsOf(makeChain({ ...rsa, leaf: { hash: 'md5' } }))).toEqual(['signature-algorithm-weak@0'])
    expect(await faultsOf(makeChain({ intermediates: [{ hash: 'sha1' }] }))).toEqual(['signature-algorithm-weak@1'])
    expect(await faultsOf(makeChain({ ...rsa, leaf: { hash: 'sha1', pss: true } }))).toEqual([
      'signature-algorithm-weak@0',
    ])
    expect(await faultsOf(makeChain({ ...rsa, leaf: { hash: 'sha224' } }))).toEqual(['signature-algorithm-unknown@0'])
  })

  test('that of a root weakens nothing', async () => {
    expect(await faultsOf(makeChain({ ...rsa, root: { hash: 'sha1' } }))).toEqual(['root-signature-old@2'])
  })
})

describe('serial number, version, names, extensions', () => {
  test.each<[string, Changes, string[]]>([
    ['twenty octets', { serial: 2n ** 159n - 1n }, []],
    ['more', { serial: 2n ** 160n }, ['serial-too-long@0']],
    ['zero', { serial: 0 }, ['serial-not-positive@0']],
    ['negative', { serial: -5 }, ['serial-not-positive@0']],
    ['version 1', { version: 1 }, ['version-old@0']],
    ['version 2', { version: 2 }, ['version-old@0']],
    ['no subject, no critical name', { subject: sequence() }, ['name-empty@0']],
    [
      'no subject, a critical name',
      { subject: sequence(), extensions: { '2.5.29.17': { ...alternativeNames(dns('a.example')), critical: true } } },
      [],
    ],
    [
      'an unknown critical extension',
      { more: [{ oid: '1.2.3.4', critical: true, value: nothing() }] },
      ['critical-extension-unknown@0'],
    ],
    ['an unknown extension', { more: [{ oid: '1.2.3.4', value: nothing() }] }, []],
    [
      'a critical key identifier',
      { extensions: { '2.5.29.14': { oid: '2.5.29.14', critical: true, value: octets(Buffer.alloc(20)) } } },
      ['critical-extension-unknown@0'],
    ],
    [
      'critical limits on policies',
      { more: [{ oid: '2.5.29.36', critical: true, value: sequence() }] },
      ['critical-extension-unknown@0'],
    ],
    ['an extension twice', { more: [keyUsage('digitalSignature')] }, ['extension-duplicate@0']],
    [
      'a malformed extension',
      { extensions: { '2.5.29.37': { oid: '2.5.29.37', value: sequence() } } },
      ['extension-malformed@0'],
    ],
    [
      'surplus in basic constraints',
      { extensions: { '2.5.29.19': { oid: '2.5.29.19', critical: true, value: sequence(integer(0), integer(1)) } } },
      ['extension-malformed@0'],
    ],
    ['a path length on a leaf', { extensions: { '2.5.29.19': basicConstraints(false, 0) } }, ['ca-profile@0']],
  ])('%s', async (_, changes, faults) => expect(await leafWith(changes)).toEqual(faults))

  test('an authority without a name', async () => {
    const none = sequence()
    expect(await faultsOf(makeChain({ depth: 0, root: { subject: none }, leaf: { issuer: none } }))).toEqual([
      'name-empty@0',
      'name-empty@1',
    ])
  })
})

describe('usage of the leaf', () => {
  const usage = (...purposes: string[]) => ({ extensions: { '2.5.29.37': extendedKeyUsage(...purposes) } })

  test.each<[string, Changes, string[]]>([
    ['client and server', usage(CLIENT, SERVER), []],
    ['server alone', usage(SERVER), ['server-auth-only@0']],
    ['server and any', usage(SERVER, ANY), ['server-auth-only@0']],
    ['any alone', usage(ANY), ['any-usage-only@0']],
    ['something else', usage('1.3.6.1.5.5.7.3.4'), ['client-auth-missing@0']],
    ['none named', { extensions: { '2.5.29.37': null } }, ['usage-absent@0']],
    [
      'a key that may not sign',
      { extensions: { '2.5.29.15': keyUsage('keyAgreement') } },
      ['digital-signature-missing@0'],
    ],
    ['a key without usage', { extensions: { '2.5.29.15': null } }, []],
  ])('%s', async (_, changes, faults) => expect(await leafWith(changes)).toEqual(faults))
})

describe('name constraints', () => {
  const people = aName({ C: 'PL', O: 'Demo TPP', CN: 'client.tpp.example' })
  const judge = (permitted: Buffer[], excluded: Buffer[], names: Buffer[] | null, subject = people) =>
    faultsOf(
      makeChain({
        intermediates: [{ more: [nameConstraints(permitted, excluded)] }],
        leaf: { subject, extensions: { '2.5.29.17': names && alternativeNames(...names) } },
      }),
    )
  const violated = ['name-constraint-violated@0']
  const unsupported = ['name-constraints-unsupported@1']

  test.each<[string, Buffer[], Buffer[], Buffer[] | null, string[]]>([
    ['the name itself', [dns('tpp.example')], [], [dns('tpp.example')], []],
    ['a label more', [dns('TPP.example')], [], [dns('a.b.tpp.EXAMPLE')], []],
    ['letters more', [dns('tpp.example')], [], [dns('mytpp.example')], violated],
    ['another name', [dns('tpp.example')], [], [dns('other.example')], violated],
    ['one of two', [dns('tpp.example')], [], [dns('tpp.example'), dns('other.example')], violated],
    ['one of two subtrees', [dns('a.example'), dns('b.example')], [], [dns('b.example')], []],
    ['another kind', [dns('tpp.example')], [], [email('a@other.example')], []],
    ['excluded', [], [dns('tpp.example')], [dns('a.tpp.example')], violated],
    ['excluded wins', [dns('tpp.example')], [dns('a.tpp.example')], [dns('x.a.tpp.example')], violated],
    ['a wildcard over what is excluded', [], [dns('a.tpp.example')], [dns('*.tpp.example')], violated],
    ['everything excluded', [], [dns('')], [dns('tpp.example')], violated],
    ['a leading period', [dns('.tpp.example')], [], [dns('a.tpp.example')], unsupported],
    ['an address inside', [ip(10, 0, 0, 0, 255, 0, 0, 0)], [], [ip(10, 1, 2, 3)], []],
    ['an address outside', [ip(10, 0, 0, 0, 255, 0, 0, 0)], [], [ip(11, 1, 2, 3)], violated],
    [
      'an address of the other family',
      [ip(10, 0, 0, 0, 255, 0, 0, 0)],
      [],
      [ip(...Array<number>(16).fill(1))],
      violated,
    ],
    ['a mask with holes', [ip(10, 0, 0, 0, 255, 0, 255, 0)], [], [ip(10, 1, 2, 3)], unsupported],
    ['a mailbox', [email('a@tpp.example')], [], [email('a@TPP.example')], []],
    ['another mailbox', [email('a@tpp.example')], [], [email('A@tpp.example')], violated],
    ['a host of mail', [email('tpp.example')], [], [email('a@tpp.example')], []],
    ['a host below it', [email('tpp.example')], [], [email('a@x.tpp.example')], violated],
    ['hosts below', [email('.tpp.example')], [], [email('a@x.tpp.example')], []],
    ['a URI', [uri('.tpp.example')], [], [uri('https://u@x.tpp.example:8443/path')], []],
    ['a URI elsewhere', [uri('tpp.example')], [], [uri('https://x.tpp.example/')], violated],
    ['a URI with an address', [], [uri('tpp.example')], [uri('https://10.0.0.1/')], violated],
    ['a kind that nobody compares', [otherName()], [], [otherName()], unsupported],
    ['a kind that nobody compares, and nobody uses', [otherName()], [], [dns('a.example')], []],
    ['a directory', [directory(aName({ C: 'PL', O: 'demo  tpp' }))], [], null, []],
    ['another directory', [directory(aName({ C: 'LT' }))], [], null, violated],
    ['an excluded directory, in other letters', [], [directory(aName({ C: 'pl', O: 'DEMO TPP' }))], null, violated],
  ])('%s', async (_, permitted, excluded, names, faults) =>
    expect(await judge(permitted, excluded, names)).toEqual(faults),
  )

  test('an e-mail address in the subject counts where there are no alternative names', async () => {
    const subject = aName({ CN: 'x', emailAddress: 'a@other.example' })
    expect(await judge([email('tpp.example')], [], null, subject)).toEqual(violated)
    expect(await judge([email('tpp.example')], [], [dns('x.example')], subject)).toEqual([])
  })

  test('those of the root bind, and bind intermediates as well', async () => {
    const bound = { more: [nameConstraints([directory(aName({ C: 'LT' }))])] }
    expect(await faultsOf(makeChain({ root: bound }))).toEqual([
      'name-constraint-violated@0',
      'name-constraint-violated@1',
    ])
  })
})

describe('PSD2', () => {
  const STATEMENT = '0.4.0.19495.2'
  const web = sequence(oid('0.4.0.1862.1.6'), sequence(oid('0.4.0.1862.1.6.3')))
  const seal = sequence(oid('0.4.0.1862.1.6'), sequence(oid('0.4.0.1862.1.6.2')))
  const role = (number: number, name: string) => sequence(oid(`0.4.0.19495.1.${number}`), utf8(name))
  const psd2 = (roles: Buffer[], nca = 'PL-PFSA', more: Buffer[] = []) =>
    sequence(
      oid(STATEMENT),
      sequence(sequence(...roles), utf8('Polish Financial Supervision Authority'), utf8(nca), ...more),
    )
  const reportWith = (statements: Buffer[], identifier = 'PSDPL-PFSA-1234567890') => {
    const subject = aName({ C: 'PL', O: 'Demo TPP', organizationIdentifier: identifier, CN: 'tpp' })
    const made = makeChain({ leaf: { subject, more: [{ oid: '1.3.6.1.5.5.7.1.3', value: sequence(...statements) }] } })
    return reportOf({ bytes: made.pem, anchors: made.anchors })
  }
  const codes = async (...given: Parameters<typeof reportWith>) =>
    (await reportWith(...given)).findings.filter(({ severity }) => severity !== 'unchecked').map(({ code }) => code)

  test('roles, authority and identifier are read', async () => {
    const report = await reportWith([web, psd2([role(2, 'PSP_PI'), role(3, 'PSP_AI')])])
    expect(report.verdict).toBe('accept')
    expect(report.certificates[0]?.psd2).toEqual({
      roles: ['PSP_PI', 'PSP_AI'],
      ncaName: 'Polish Financial Supervision Authority',
      ncaId: 'PL-PFSA',
      organizationIdentifier: 'PSDPL-PFSA-1234567890',
      qualified: false,
      qcTypes: ['web'],
    })
  })

  test('the identifier of the role decides; a wrong name is a warning', async () => {
    const report = await reportWith([web, psd2([role(1, 'PSP_PI')])])
    expect(report.certificates[0]?.psd2?.roles).toEqual(['PSP_AS'])
    expect(report.findings[0]).toMatchObject({ code: 'psd2-role-name', severity: 'warning' })
  })

  test('what certificates in use get wrong is a warning', async () => {
    expect(await codes([psd2([role(5, 'PSP_XX')])])).toEqual(['psd2-role-unknown'])
    expect(await codes([psd2([role(1, 'PSP_AS')], 'LT-BL')])).toEqual(['psd2-authority-differs'])
    expect(await codes([psd2([role(1, 'PSP_AS')])], 'VATPL-123')).toEqual(['psd2-organization-identifier'])
  })

  test('a malformed statement grants no role', async () => {
    for (const statement of [
      psd2([role(1, 'PSP_AS')], 'PL-PFSA', [utf8('surplus')]),
      psd2([]),
      psd2([sequence(oid('0.4.0.19495.1.1'))]),
      psd2([sequence(oid('0.4.0.19495.1.1'), utf8('PSP_AS'), utf8('more'))]),
      sequence(oid(STATEMENT)),
    ]) {
      const report = await reportWith([web, statement])
      expect(report.certificates[0]?.psd2?.roles).toEqual([])
      expect(report.findings[0]?.code).toBe('psd2-malformed')
    }
  })

  test('a seal certificate is refused as such, whatever its usages', async () => {
    const report = await reportWith([seal, psd2([role(1, 'PSP_AS')])])
    expect(report).toMatchObject({ verdict: 'reject', findings: [{ code: 'seal-certificate', certificate: 0 }] })
    expect(report.findings[0]?.fix).toContain('QWAC')
  })
})
