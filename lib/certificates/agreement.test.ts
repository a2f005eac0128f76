import { expect, test } from 'vitest'
import { checkChain } from './check-chain'
import { askOpenssl } from './openssl'
import {
  basicConstraints,
  CLIENT,
  dns,
  extendedKeyUsage,
  keyUsage,
  nameConstraints,
  SERVER,
} from './testing/make-certificate'
import { makeChain, NOW } from './testing/make-chain'

/** Each part of a combination with what it should come to, and where OpenSSL alone is stricter. */
type Part = { is: string; good: boolean; stricter?: true }

const CA_BITS: (Part & { set: boolean | null })[] = [
  { is: 'CA:TRUE', good: true, set: true },
  { is: 'CA:FALSE', good: false, set: false },
  { is: 'no basic constraints', good: false, set: null },
]
const KEY_USAGES: (Part & { usages: string[] | null })[] = [
  { is: 'keyCertSign', good: true, usages: ['keyCertSign', 'cRLSign'] },
  { is: 'cRLSign alone', good: false, usages: ['cRLSign'] },
  { is: 'no key usage', good: true, stricter: true, usages: null },
]
const PURPOSES: (Part & { purposes: string[] | null })[] = [
  { is: 'no extended usage', good: true, purposes: null },
  { is: 'clientAuth', good: true, purposes: [CLIENT] },
  { is: 'serverAuth', good: false, purposes: [SERVER] },
]
const LENGTHS: (Part & { length: number | undefined })[] = [
  { is: 'no limit', good: true, length: undefined },
  { is: 'limit 1', good: true, length: 1 },
  { is: 'limit 0', good: false, length: 0 },
]
const NO_AUTHORITY: (typeof LENGTHS)[number] = { is: 'no authority', good: true, length: undefined }
const NAMES: (Part & { constraint: Buffer[][] | null })[] = [
  { is: 'no constraint', good: true, constraint: null },
  { is: 'permitted', good: true, constraint: [[dns('tpp.example')], []] },
  { is: 'not permitted', good: false, constraint: [[dns('other.example')], []] },
  { is: 'excluded', good: false, constraint: [[], [dns('tpp.example')]] },
]

// Only an authority says how long a path below it may be.
const combinations = CA_BITS.flatMap((ca) =>
  KEY_USAGES.flatMap((usage) =>
    PURPOSES.flatMap((purpose) =>
      (ca.set ? LENGTHS : [NO_AUTHORITY]).flatMap((length) =>
        NAMES.map((name) => ({ ca, usage, purpose, length, name })),
      ),
    ),
  ),
)

test('every combination of the upper intermediate comes to what the table says, and OpenSSL accepts nothing else', {
  timeout: 120_000,
}, async () => {
  const wrong: string[] = []
  for (const { ca, usage, purpose, length, name } of combinations) {
    const parts: Part[] = [ca, usage, purpose, length, name]
    const made = makeChain({
      depth: 2,
      intermediates: [
        {
          extensions: {
            '2.5.29.19': ca.set === null ? null : basicConstraints(ca.set, length.length),
            '2.5.29.15': usage.usages && keyUsage(...usage.usages),
          },
          more: [
            ...(purpose.purposes ? [extendedKeyUsage(...purpose.purposes)] : []),
            ...(name.constraint ? [nameConstraints(name.constraint[0]!, name.constraint[1])] : []),
          ],
        },
      ],
    })
    const good = parts.every((part) => part.good)
    const expected = !good ? 'reject' : parts.some((part) => part.stricter) ? 'review' : 'accept'
    const [{ report }, opinion] = await Promise.all([
      checkChain({ bytes: made.pem, anchors: made.anchors, at: NOW }),
      askOpenssl({ leaf: made.leaf, intermediates: made.intermediates, root: made.root, at: NOW }),
    ])
    const opensslExpected = expected === 'accept' ? 'accept' : 'refuse'
    if (report.verdict !== expected || opinion.says !== opensslExpected) {
      wrong.push(
        `${parts.map((part) => part.is).join(', ')}: ${report.verdict} for ${expected}, OpenSSL ${opinion.says}`,
      )
    }
  }
  expect(combinations).toHaveLength(180)
  expect(wrong).toEqual([])
})
