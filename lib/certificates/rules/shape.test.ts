import { describe, expect, test } from 'vitest'
import { faultsOf, reportOf } from '../testing/find-faults'
import { aKey, aName, authorityKeyId, basicConstraints, keyIdOf, keyUsage, toPem } from '../testing/make-certificate'
import { makeChain } from '../testing/make-chain'

const two = makeChain({ depth: 2 })
const [leaf, lower, upper, root] = two.all as [Buffer, Buffer, Buffer, Buffer]
const other = makeChain({ kind: 'p384', root: { subject: aName({ CN: 'Other root' }) } })

describe('a whole chain in order', () => {
  test('has no fault, with any number of intermediates up to eight', async () => {
    for (const depth of [0, 1, 2, 3, 8]) expect(await faultsOf(makeChain({ depth }))).toEqual([])
  })

  test('keeps its roles, positions, lines and links', async () => {
    const { certificates, links, trusted } = await reportOf({ bytes: two.pem, anchors: two.anchors })
    expect(certificates.map(({ role }) => role)).toEqual(['leaf', 'intermediate', 'intermediate', 'root'])
    expect(certificates.map(({ wantedPosition }) => wantedPosition)).toEqual([0, 1, 2, 3])
    const from = two.pem.split('\n').flatMap((line, index) => (line.includes('BEGIN') ? [index + 1] : []))
    expect(certificates.map(({ lines }) => lines?.[0])).toEqual(from)
    expect(links.map(({ issuer, state }) => `${issuer} ${state}`)).toEqual(['1 sound', '2 sound', '3 sound', '3 sound'])
    expect(trusted).toBe(true)
  })
})

describe('order', () => {
  test('a reversed chain is refused for that alone, and offered the right way round', async () => {
    const report = await reportOf({ bytes: toPem(root, upper, lower, leaf), anchors: two.anchors })
    expect(report).toMatchObject({ verdict: 'reject', reordered: two.pem })
    expect(report.findings.filter(({ severity }) => severity === 'error')).toMatchObject([
      { code: 'order-reversed', certificate: 0, lines: [1, 12] },
    ])
    expect(report.certificates.map(({ wantedPosition }) => wantedPosition)).toEqual([3, 2, 1, 0])
  })

  test('every other order is refused, naming the first that is out of place', async () => {
    expect(await faultsOf(toPem(leaf, upper, lower, root))).toEqual(['order-wrong@1'])
    expect(await faultsOf(toPem(leaf, root, lower, upper))).toEqual(['order-wrong@1'])
    expect(await faultsOf(toPem(lower, leaf, upper, root))).toEqual(['order-wrong@0'])
    const { reordered } = await reportOf({ bytes: toPem(upper, root, leaf, lower) })
    expect(reordered).toBe(two.pem)
  })

  test('no order is offered where something else is wrong', async () => {
    const { pem, all } = makeChain({ leaf: { notAfter: new Date('2026-01-01T00:00:00Z') } })
    const report = await reportOf({ bytes: toPem(...[...all].reverse()) })
    expect(report.findings.map(({ code }) => code)).toEqual(expect.arrayContaining(['order-reversed', 'expired']))
    expect(report.reordered).toBeNull()
    expect(pem).not.toBe('')
  })
})

describe('surplus', () => {
  test('a certificate that stands twice is named, wherever it stands', async () => {
    expect(await faultsOf(toPem(leaf, leaf, lower, upper, root))).toEqual(['certificate-duplicate@1'])
    expect(await faultsOf(toPem(leaf, lower, upper, root, lower))).toEqual(['certificate-duplicate@4'])
    expect(await faultsOf(toPem(leaf, lower, upper, root, root))).toEqual(['certificate-duplicate@4'])
  })

  test('a certificate that belongs to nothing is named, and left out of what is offered', async () => {
    const report = await reportOf({ bytes: toPem(leaf, lower, upper, root, other.root), anchors: two.anchors })
    expect(report.findings[0]).toMatchObject({ code: 'certificate-unrelated', certificate: 4 })
    expect(report.certificates[4]).toMatchObject({ role: 'stray', wantedPosition: null })
    expect(report.reordered).toBe(two.pem)
  })

  test('two leaves are two chains', async () => {
    const second = makeChain({ depth: 2, leaf: { subject: aName({ CN: 'second' }), serial: 2 } })
    expect(await faultsOf(toPem(leaf, second.leaf, lower, upper, root))).toEqual(['leaf-several@1'])
    expect(await faultsOf(toPem(leaf, lower, upper, root, other.leaf))).toEqual(['leaf-several@4'])
  })
})

describe('what is missing', () => {
  test('the root, by the name and key that are wanted', async () => {
    const report = await reportOf({ bytes: toPem(leaf, lower, upper), anchors: two.anchors })
    expect(report.findings.map(({ code, certificate }) => `${code}@${certificate}`)).toEqual(['root-missing@2'])
    expect(report.findings[0]?.message).toContain('CN=Root')
    expect(report.links.at(-1)).toMatchObject({ state: 'missing', wanted: { keyId: keyIdOf(aKey()).toString('hex') } })
  })

  test('a trusted root that is missing is named by its fingerprint', async () => {
    const report = await reportOf({ bytes: toPem(leaf, lower, upper), anchors: two.anchors })
    expect(report.findings[0]).toMatchObject({ code: 'root-missing', certificate: 2 })
    expect(report.findings[0]?.fix).toContain(report.missingRoot?.sha256)
    expect(report.missingRoot).toMatchObject({ name: 'Root', pem: toPem(root) })
    expect(await faultsOf(toPem(leaf, lower, upper) + (report.missingRoot?.pem ?? ''))).toEqual([])
  })

  test('an intermediate, with the others in their places', async () => {
    expect(await faultsOf(toPem(leaf, upper, root))).toEqual(['intermediate-missing@0'])
    expect(await faultsOf(toPem(leaf, lower, root))).toEqual(['intermediate-missing@1'])
    expect(await faultsOf(toPem(leaf, root))).toEqual(['intermediate-missing@0'])
    const { certificates, links } = await reportOf({ bytes: toPem(leaf, root) })
    expect(certificates.map(({ role, wantedPosition }) => [role, wantedPosition])).toEqual([
      ['leaf', 0],
      ['root', 2],
    ])
    expect(links.map(({ state }) => state)).toEqual(['missing', 'sound'])
  })

  test('all issuers of a leaf', async () => {
    expect(await faultsOf(toPem(leaf))).toEqual(['issuers-missing@0'])
  })

  test('the leaf', async () => {
    expect(await faultsOf(toPem(lower, upper, root))).toEqual(['leaf-missing@0'])
    expect(await faultsOf(toPem(root))).toEqual(['leaf-missing@0'])
    const { certificates } = await reportOf({ bytes: toPem(lower, upper, root) })
    expect(certificates.map(({ wantedPosition }) => wantedPosition)).toEqual([1, 2, 3])
  })
})

describe('the leaf', () => {
  test('may not vouch for itself', async () => {
    const keys = aKey('p256', 9)
    const subject = aName({ CN: 'self' })
    const alone = makeChain({
      depth: 0,
      leaf: {
        keys,
        signer: keys,
        subject,
        issuer: subject,
        extensions: { '2.5.29.35': authorityKeyId(keyIdOf(keys)) },
      },
    })
    expect(await faultsOf(toPem(alone.leaf))).toEqual(['leaf-self-signed@0'])
    expect(await faultsOf(toPem(alone.leaf, lower, upper, root))).toEqual(['leaf-self-signed@0'])
  })

  test('may not be an authority', async () => {
    const made = makeChain({ leaf: { extensions: { '2.5.29.19': basicConstraints(true) } } })
    expect(await faultsOf(made)).toEqual(['leaf-is-ca@0'])
    const signs = keyUsage('digitalSignature', 'keyCertSign')
    expect(
      await faultsOf(makeChain({ leaf: { extensions: { '2.5.29.19': basicConstraints(true), '2.5.29.15': signs } } })),
    ).toEqual(['leaf-is-ca@0'])
  })
})

test('cross-signed authorities: the way to a trusted root is taken, and the rest is surplus', async () => {
  const crossed = makeChain({
    kind: 'p384',
    depth: 1,
    root: { subject: aName({ CN: 'Old root' }) },
    intermediates: [{ keys: aKey('p256', 0), subject: aName({ C: 'PL', O: 'Trust Authority', CN: 'Root' }) }],
  })
  const [bridge] = crossed.intermediates as [Buffer]
  const bytes = toPem(leaf, lower, upper, bridge, crossed.root)
  expect((await reportOf({ bytes, anchors: crossed.anchors })).verdict).toBe('accept')
  const both = toPem(leaf, lower, upper, bridge, crossed.root, root)
  const toOld = await reportOf({ bytes: both, anchors: crossed.anchors })
  expect(toOld.certificates.map(({ role }) => role)).toEqual([
    'leaf',
    'intermediate',
    'intermediate',
    'intermediate',
    'root',
    'stray',
  ])
  const toNew = await reportOf({ bytes: both, anchors: two.anchors })
  expect(toNew.certificates.map(({ role }) => role)).toEqual([
    'leaf',
    'intermediate',
    'intermediate',
    'stray',
    'stray',
    'root',
  ])
})

test('two authorities that signed each other end in a missing root, not in a loop', async () => {
  const [one, another] = [aName({ CN: 'One' }), aName({ CN: 'Another' })]
  const first = makeChain({
    depth: 1,
    root: { subject: another, keys: aKey('p256', 5) },
    intermediates: [{ subject: one, keys: aKey('p256', 6) }],
  })
  const second = makeChain({
    depth: 1,
    root: { subject: one, keys: aKey('p256', 6) },
    intermediates: [{ subject: another, keys: aKey('p256', 5) }],
  })
  expect(await faultsOf(toPem(first.leaf, first.intermediates[0]!, second.intermediates[0]!))).toEqual([
    'root-missing@2',
  ])
})

test('ten certificates of one name, each signed by all others’ key, cost at most a hundred signatures', async () => {
  const { checkChain } = await import('../check-chain')
  const subject = aName({ CN: 'Same' })
  const keys = aKey('p256', 5)
  const all = Array.from(
    { length: 10 },
    (_, serial) =>
      makeChain({
        depth: 0,
        root: {
          subject,
          issuer: aName({ CN: 'Same' }),
          keys,
          serial: serial + 1,
          signer: serial ? keys : aKey('p256', 6),
        },
      }).root,
  )
  const { work } = await checkChain({ bytes: toPem(...all), anchors: [], at: new Date('2026-06-15') })
  expect(work.signatures).toBeLessThanOrEqual(100)
})
