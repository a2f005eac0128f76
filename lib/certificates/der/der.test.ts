import { describe, expect, test } from 'vitest'
import { boolean, integer, oid, sequence, tlv, utf8 } from '../testing/write-der'
import { DerError, Elements, MAX_NODES, oidOf, readFirst, readOnly } from './der'
import { readTime } from './time'

const work = () => ({ nodes: 0, signatures: 0 })
const hex = (text: string) => Buffer.from(text.replace(/\s/g, ''), 'hex')

function problemOf(bytes: Buffer): string {
  try {
    readOnly(bytes, work())
    return 'none'
  } catch (error) {
    return error instanceof DerError ? error.problem : String(error)
  }
}

test.each([
  ['a length that is indefinite', '30 80 05 00 00 00', 'not-canonical'],
  ['a length in the long form without need', '04 81 01 41', 'not-canonical'],
  ['a length with a leading zero', '04 82 00 81 00', 'not-canonical'],
  ['a length of five octets', '04 85 01 00 00 00 00', 'malformed'],
  ['a boolean that is neither 00 nor FF', '01 01 01', 'not-canonical'],
  ['an integer with a needless zero', '02 02 00 01', 'not-canonical'],
  ['an integer with a needless FF', '02 02 ff 80', 'not-canonical'],
  ['an empty integer', '02 00', 'malformed'],
  ['unused bits that are set', '03 02 01 01', 'not-canonical'],
  ['eight unused bits', '03 02 08 00', 'malformed'],
  ['a null with content', '05 01 00', 'malformed'],
  ['an identifier with a needless octet', '06 03 2a 80 01', 'not-canonical'],
  ['an identifier that is cut', '06 02 2a 86', 'malformed'],
  ['a string in pieces', '24 03 04 01 41', 'not-canonical'],
  ['a primitive sequence', '10 00', 'malformed'],
  ['a value that is cut', '30 05 02 01 01', 'truncated'],
  ['nothing', '', 'truncated'],
  ['a byte too many', '05 00 00', 'malformed'],
  ['a tag of several octets', '1f 81 01 00', 'malformed'],
  ['what is right', '30 08 02 01 80 01 01 ff 05 00', 'none'],
])('%s', (_, bytes, problem) => {
  expect(problemOf(hex(bytes))).toBe(problem)
})

test('an element too many, one missing, one of another kind', () => {
  const fields = new Elements(readOnly(sequence(integer(1), boolean(true)), work()))
  expect(() => fields.next(0x01)).toThrow(DerError)
  fields.next(0x02)
  expect(() => fields.end()).toThrow('too many')
  fields.next()
  expect(() => fields.next()).toThrow('missing')
})

test('identifiers of any size', () => {
  for (const text of [
    '2.5.29.37.0',
    '1.2.840.113549.1.1.11',
    '0.4.0.19495.2',
    '2.999.1',
    '1.3.6.1.4.1.99999999999999999999',
  ]) {
    expect(oidOf(readOnly(oid(text), work()))).toBe(text)
  }
})

describe('work is bounded', () => {
  test('by the number of values', () => {
    const spent = work()
    expect(() => readFirst(sequence(...Array.from({ length: MAX_NODES }, () => tlv(0x05))), spent)).toThrow('more than')
    expect(spent.nodes).toBe(MAX_NODES + 1)
  })

  test('by the length of an identifier', () => {
    const identifier = (octets: number) => tlv(0x06, Buffer.alloc(octets - 1, 0xff), [1])
    expect(oidOf(readOnly(identifier(64), work())).length).toBeLessThan(200)
    expect(problemOf(identifier(65))).toBe('too-complex')
  })

  test('by depth', () => {
    let nested = utf8('x')
    for (let level = 0; level < 40; level++) nested = sequence(nested)
    expect(() => readOnly(nested, work())).toThrow('nested deeper')
  })
})

test('times are to the second, in Zulu, and exist', () => {
  const at = (tag: number, text: string) => readTime(readOnly(tlv(tag, Buffer.from(text)), work())).toISOString()
  expect(at(0x17, '260615120000Z')).toBe('2026-06-15T12:00:00.000Z')
  expect(at(0x17, '500101000000Z')).toBe('1950-01-01T00:00:00.000Z')
  expect(at(0x18, '20500101000000Z')).toBe('2050-01-01T00:00:00.000Z')
  for (const [tag, text] of [
    [0x17, '2606151200Z'],
    [0x17, '260615120000+0100'],
    [0x17, '260230120000Z'],
    [0x18, '20260615120000Z'],
    [0x18, '20500101000000.5Z'],
    [0x0c, '260615120000Z'],
  ] as const) {
    expect(() => at(tag, text)).toThrow(DerError)
  }
})
