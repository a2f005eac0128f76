import { MAX_BYTES } from '../schema'
import {
  alternativeNames,
  dns,
  extendedKeyUsage,
  nameConstraints,
  subjectKeyId,
  type TestExtension,
  toPem,
  uri,
} from './make-certificate'
import { type Changes, makeChain } from './make-chain'
import { nothing, oid, sequence, tlv, utf8 } from './write-der'

/** What somebody may send to keep the reader busy: each as large as it may be, and made to cost most for its size. */
export const WORST_CASES: Record<string, () => { bytes: string; anchors: { der: Buffer }[] }> = {
  'a boundary full of blanks on each line': () => text(`--BEGIN ${' '.repeat(150)}x\n`),
  'dashes and blanks on each line': () => text(`${'-- '.repeat(53)}\n`),
  'the beginning of a block on each line': () => text('-----BEGIN CERTIFICATE-----\n'),
  'the end of a block on each line': () => text('-----END CERTIFICATE-----\n'),
  'a whole block of something else on each line': () => text('--BEGIN X.X--\n--END X.X--\n'),
  'hyphens alone': () => text('-'),
  'values that claim to be long': () => text(Buffer.from('308301000006830100002a', 'hex').toString('base64')),
  'a key identifier of 140 KB': () => onLeaf({ extensions: { '2.5.29.14': subjectKeyId(Buffer.alloc(140_000, 7)) } }),
  'a serial number of 40 KB': () => onLeaf({ serial: (1n << 320_000n) + 1n }),
  'an identifier of 140 KB': () =>
    onLeaf({ extensions: { '2.5.29.37': { oid: '2.5.29.37', value: sequence(longOid) } } }),
  'an identifier of 140 KB in a name': () => onLeaf({ subject: sequence(tlv(0x31, sequence(longOid, utf8('x')))) }),
  '1,500 critical extensions that nobody knows': () => onLeaf({ more: times(1500, anExtension) }),
  '15,000 purposes': () => onLeaf({ extensions: { '2.5.29.37': extendedKeyUsage(...times(15_000, anOid)) } }),
  '1,500 roles that nobody knows': () => onLeaf({ more: [{ oid: '1.3.6.1.5.5.7.1.3', value: roles(1500) }] }),
  '8,000 names and 4,000 constraints': () =>
    constrained(
      times(8000, (n) => dns(`n${n}.x`)),
      times(4000, (n) => dns(`c${n}.y`)),
    ),
  'a name of 100 KB and 4,000 constraints': () =>
    constrained(
      [dns('a.'.repeat(50_000))],
      times(4000, (n) => dns(`c${n}.y`)),
    ),
  '3,000 names that break the constraints': () =>
    constrained(
      times(3000, (n) => dns(`n${n}.x`)),
      [dns('c.y')],
    ),
  '6,000 places of an issuer': () => {
    const places = sequence(...times(6000, (n) => sequence(oid(anOid(n)), uri('x:'))))
    const { leaf } = makeChain({ leaf: { more: [{ oid: '1.3.6.1.5.5.7.1.1', value: places }] } })
    return { bytes: toPem(leaf), anchors: [] }
  },
  'as many values as fit': () => text(toPem(tlv(0x30, Buffer.alloc(190_000, nothing())))),
}

const longOid = tlv(0x06, Buffer.concat([Buffer.alloc(140_000, 0xff), Buffer.from([1])]))
const anOid = (number: number) => `1.3.6.1.${number % 100}`

function anExtension(number: number): TestExtension {
  return { oid: `1.3.9.${number}`, critical: true, value: nothing() }
}

function roles(count: number): Buffer {
  const list = sequence(...times(count, () => sequence(oid('1.2.3'), utf8('x'))))
  return sequence(sequence(oid('0.4.0.19495.2'), sequence(list, utf8('Authority'), utf8('XX-A'))))
}

function constrained(names: Buffer[], subtrees: Buffer[]) {
  const made = makeChain({
    depth: 0,
    leaf: { extensions: { '2.5.29.17': alternativeNames(...names) } },
    root: { more: [nameConstraints(subtrees)] },
  })
  return { bytes: made.pem, anchors: made.anchors }
}

function onLeaf(leaf: Changes) {
  const made = makeChain({ leaf })
  return { bytes: made.pem, anchors: made.anchors }
}

function text(part: string) {
  return { bytes: part.repeat(Math.floor(MAX_BYTES / part.length)).slice(0, MAX_BYTES), anchors: [] }
}

function times<T>(count: number, make: (number: number) => T): T[] {
  return Array.from({ length: count }, (_, number) => make(number))
}
