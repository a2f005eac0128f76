/**
 * A strict reader of DER (X.690 §10): one way to write a value, or it is refused. What an extension grants is read with this,
 * and a structure with one element too many is malformed rather than read without it (ADR-0090). Values are counted, so that
 * the work of a submission is bounded.
 */
export type Der = {
  /** The identifier octet. */
  tag: number
  /** With identifier and length. */
  raw: Buffer
  content: Buffer
  /** Of a constructed value; empty for a primitive one. */
  children: Der[]
}

/** What has been done for one submission; the limits are in `MAX_NODES` and in the number of certificates. */
export type Work = { nodes: number; signatures: number }

export const MAX_NODES = 20_000
const MAX_DEPTH = 32
/** Arcs are numbers of any size, and turning them into text grows with the square of their length. None in use has 30. */
const MAX_OID_OCTETS = 64

export const BOOLEAN = 0x01
export const INTEGER = 0x02
export const BIT_STRING = 0x03
export const OCTET_STRING = 0x04
export const NULL = 0x05
export const OID = 0x06
export const UTF8_STRING = 0x0c
export const SEQUENCE = 0x30
export const SET = 0x31
const CONSTRUCTED = 0x20
const HIGH_TAG = 0x1f

export type DerProblem = 'truncated' | 'not-canonical' | 'malformed' | 'too-complex'

export class DerError extends Error {
  override name = 'DerError'
  readonly problem: DerProblem

  constructor(problem: DerProblem, message: string) {
    super(message)
    this.problem = problem
  }
}

/** The first value of `bytes`; what follows it is for the caller to judge. @throws DerError */
export function readFirst(bytes: Buffer, work: Work): Der {
  return readValue(bytes, work, 0)
}

/** The only value of `bytes`. @throws DerError */
export function readOnly(bytes: Buffer, work: Work): Der {
  const value = readValue(bytes, work, 0)
  if (value.raw.length !== bytes.length) throw new DerError('malformed', 'bytes follow the value')
  return value
}

function readValue(bytes: Buffer, work: Work, depth: number): Der {
  work.nodes += 1
  if (work.nodes > MAX_NODES) throw new DerError('too-complex', `more than ${MAX_NODES} values`)
  if (depth > MAX_DEPTH) throw new DerError('too-complex', `nested deeper than ${MAX_DEPTH}`)
  const { tag, header, length } = readHeader(bytes)
  if (header + length > bytes.length) throw new DerError('truncated', 'a value is longer than what is there')
  const content = bytes.subarray(header, header + length)
  const value: Der = { tag, raw: bytes.subarray(0, header + length), content, children: [] }
  if (tag & CONSTRUCTED) {
    for (let rest = content; rest.length > 0; ) {
      const child = readValue(rest, work, depth + 1)
      value.children.push(child)
      rest = rest.subarray(child.raw.length)
    }
  }
  assertCanonical(value)
  return value
}

function readHeader(bytes: Buffer): { tag: number; header: number; length: number } {
  const [tag, first] = bytes
  if (tag === undefined || first === undefined) throw new DerError('truncated', 'a value has no length')
  if ((tag & HIGH_TAG) === HIGH_TAG) throw new DerError('malformed', 'a tag of several octets')
  if (first < 0x80) return { tag, header: 2, length: first }
  // X.690 §10.1: the definite form of length encoding shall be used, encoded in the minimum number of octets.
  if (first === 0x80) throw new DerError('not-canonical', 'a length is indefinite')
  const octets = first & 0x7f
  if (octets > 4) throw new DerError('malformed', 'a length of more than four octets')
  if (bytes.length < 2 + octets) throw new DerError('truncated', 'a length is cut')
  const length = bytes.readUIntBE(2, octets)
  if (length < 0x80 || bytes[2] === 0) throw new DerError('not-canonical', 'a length is longer than it need be')
  return { tag, header: 2 + octets, length }
}

function assertCanonical({ tag, content }: Der): void {
  const [first = 0, second = 0] = content
  switch (tag) {
    case BOOLEAN:
      // X.690 §11.1
      if (content.length !== 1) throw new DerError('malformed', 'a boolean of another length than one')
      if (first !== 0 && first !== 0xff) throw new DerError('not-canonical', 'a boolean is neither 00 nor FF')
      return
    case INTEGER:
      // X.690 §8.3.2
      if (content.length === 0) throw new DerError('malformed', 'an empty integer')
      if (content.length > 1 && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80))) {
        throw new DerError('not-canonical', 'an integer is longer than it need be')
      }
      return
    case BIT_STRING: {
      // X.690 §11.2.1: each unused bit shall be set to zero.
      if (content.length === 0 || first > 7 || (content.length === 1 && first !== 0)) {
        throw new DerError('malformed', 'a bit string with a wrong count of unused bits')
      }
      const last = content.length > 1 ? (content.at(-1) ?? 0) : 0
      if (last & ((1 << first) - 1)) throw new DerError('not-canonical', 'unused bits are set')
      return
    }
    case NULL:
      if (content.length !== 0) throw new DerError('malformed', 'a null with content')
      return
    case OID:
      if (content.length > MAX_OID_OCTETS)
        throw new DerError('too-complex', `an identifier of ${content.length} octets`)
      if (content.length === 0 || (content.at(-1) ?? 0) >= 0x80) throw new DerError('malformed', 'an identifier is cut')
      if (content.some((octet, index) => octet === 0x80 && (index === 0 || (content[index - 1] ?? 0) < 0x80))) {
        throw new DerError('not-canonical', 'an identifier is longer than it need be')
      }
      return
    case SEQUENCE & ~CONSTRUCTED:
    case SET & ~CONSTRUCTED:
      throw new DerError('malformed', 'a sequence that is not constructed')
    default:
      // X.690 §10.2: for string types the constructed form shall not be used. All other universal types are strings or times.
      if (tag < 0x40 && tag & CONSTRUCTED && tag !== SEQUENCE && tag !== SET) {
        throw new DerError('not-canonical', 'a string in pieces')
      }
  }
}

/** Walks the elements of a sequence in order; `end` refuses what is left over. @throws DerError */
export class Elements {
  private position = 0
  private readonly elements: Der[]

  constructor(value: Der, tag = SEQUENCE) {
    if (value.tag !== tag) throw new DerError('malformed', `expected tag ${hex(tag)}, found ${hex(value.tag)}`)
    this.elements = value.children
  }

  next(tag?: number): Der {
    const element = this.elements[this.position]
    if (!element) throw new DerError('malformed', 'an element is missing')
    if (tag !== undefined && element.tag !== tag) {
      throw new DerError('malformed', `expected tag ${hex(tag)}, found ${hex(element.tag)}`)
    }
    this.position += 1
    return element
  }

  optional(tag: number): Der | null {
    if (this.elements[this.position]?.tag !== tag) return null
    return this.next()
  }

  rest(): Der[] {
    const left = this.elements.slice(this.position)
    this.position = this.elements.length
    return left
  }

  end(): void {
    if (this.position < this.elements.length) throw new DerError('malformed', 'an element too many')
  }
}

/** The children of a sequence of at least one. @throws DerError */
export function listOf(value: Der, tag = SEQUENCE): Der[] {
  const elements = new Elements(value, tag).rest()
  if (elements.length === 0) throw new DerError('malformed', 'an empty list')
  return elements
}

export function oidOf(value: Der): string {
  if (value.tag !== OID) throw new DerError('malformed', `expected an identifier, found ${hex(value.tag)}`)
  return oidFrom(value.content)
}

function oidFrom(content: Buffer): string {
  const arcs: bigint[] = []
  let arc = 0n
  for (const octet of content) {
    arc = (arc << 7n) | BigInt(octet & 0x7f)
    if (octet < 0x80) {
      arcs.push(arc)
      arc = 0n
    }
  }
  const [first = 0n, ...others] = arcs
  const root = first < 80n ? first / 40n : 2n
  return [root, first - root * 40n, ...others].join('.')
}

/** A whole number that is not negative and not huge. @throws DerError */
export function countOf(content: Buffer): number {
  if (content.length > 4 || (content[0] ?? 0) >= 0x80) throw new DerError('malformed', 'a count out of range')
  return content.readUIntBE(0, content.length)
}

export function booleanOf(value: Der): boolean {
  return value.content[0] === 0xff
}

function hex(tag: number): string {
  return `0x${tag.toString(16).padStart(2, '0')}`
}
