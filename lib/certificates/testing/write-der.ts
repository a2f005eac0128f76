/** A writer of DER for tests, apart from the reader that they test: it writes wrong things as readily as right ones. */
export function tlv(tag: number, ...parts: (Uint8Array | number[])[]): Buffer {
  const content = Buffer.concat(parts.map((part) => Buffer.from(part)))
  return Buffer.concat([Buffer.from([tag]), lengthOf(content.length), content])
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length])
  const hex = length.toString(16)
  const bytes = Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex')
  return Buffer.concat([Buffer.from([0x80 | bytes.length]), bytes])
}

export const sequence = (...parts: Uint8Array[]) => tlv(0x30, ...parts)
export const set = (...parts: Uint8Array[]) => tlv(0x31, ...parts)
export const octets = (content: Uint8Array) => tlv(0x04, content)
export const bits = (content: Uint8Array, unused = 0) => tlv(0x03, [unused], content)
export const utf8 = (text: string) => tlv(0x0c, Buffer.from(text, 'utf8'))
export const printable = (text: string) => tlv(0x13, Buffer.from(text, 'latin1'))
export const ia5 = (text: string, tag = 0x16) => tlv(tag, Buffer.from(text, 'latin1'))
export const boolean = (value: boolean) => tlv(0x01, [value ? 0xff : 0])
export const nothing = () => tlv(0x05)
export const explicit = (number: number, ...parts: Uint8Array[]) => tlv(0xa0 + number, ...parts)

export function integer(value: bigint | number): Buffer {
  let number = BigInt(value)
  const bytes: number[] = []
  do {
    bytes.unshift(Number(number & 0xffn))
    number >>= 8n
  } while (!(number === 0n && (bytes[0] ?? 0) < 0x80) && !(number === -1n && (bytes[0] ?? 0) >= 0x80))
  return tlv(0x02, bytes)
}

export function oid(text: string): Buffer {
  const [first = 0n, second = 0n, ...rest] = text.split('.').map(BigInt)
  const arcs = [first * 40n + second, ...rest]
  return tlv(
    0x06,
    arcs.flatMap((arc) => {
      const bytes = [Number(arc & 0x7fn)]
      for (let left = arc >> 7n; left > 0n; left >>= 7n) bytes.unshift(Number(left & 0x7fn) | 0x80)
      return bytes
    }),
  )
}

/** UTCTime through 2049, GeneralizedTime from 2050. */
export function time(date: Date): Buffer {
  const text = date.toISOString().replace(/[-:T]|\.\d+/g, '')
  return date.getUTCFullYear() < 2050 ? ia5(text.slice(2), 0x17) : ia5(text, 0x18)
}
