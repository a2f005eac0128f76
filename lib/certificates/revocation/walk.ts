import { DerError } from '../der/der'

/** Where a value lies in its bytes: identifier octet, begin, begin of its content, end. */
export type Span = { tag: number; start: number; content: number; end: number }

/**
 * The value at `at`, which ends at `limit` at the latest. Makes no tree: a list of many thousand entries is walked through at
 * the cost of its length (ADR-0102). @throws DerError
 */
export function spanAt(bytes: Buffer, at: number, limit: number): Span {
  if (at + 2 > limit) throw new DerError('truncated', 'a value has no length')
  const tag = bytes[at] as number
  const first = bytes[at + 1] as number
  if ((tag & 0x1f) === 0x1f) throw new DerError('malformed', 'a tag of several octets')
  if (first === 0x80) throw new DerError('not-canonical', 'a length is indefinite')
  const octets = first < 0x80 ? 0 : first & 0x7f
  if (octets > 4) throw new DerError('malformed', 'a length of more than four octets')
  const content = at + 2 + octets
  if (content > limit) throw new DerError('truncated', 'a length is cut')
  const length = octets === 0 ? first : bytes.readUIntBE(at + 2, octets)
  if (content + length > limit) throw new DerError('truncated', 'a value is longer than what is there')
  return { tag, start: at, content, end: content + length }
}

/** The values of a constructed one, in turn. @throws DerError */
export class Walk {
  private at: number
  private readonly bytes: Buffer
  private readonly limit: number

  constructor(bytes: Buffer, from: number, limit: number) {
    this.bytes = bytes
    this.at = from
    this.limit = limit
  }

  get done(): boolean {
    return this.at >= this.limit
  }

  next(tag?: number): Span {
    const span = spanAt(this.bytes, this.at, this.limit)
    if (tag !== undefined && span.tag !== tag) throw new DerError('malformed', 'a value of another kind')
    this.at = span.end
    return span
  }

  optional(...tags: number[]): Span | null {
    return !this.done && tags.includes(this.bytes[this.at] as number) ? this.next() : null
  }

  end(): void {
    if (!this.done) throw new DerError('malformed', 'a value too many')
  }
}
