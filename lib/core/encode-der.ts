/** The few DER values that we write ourselves (X.690). Client-safe: bytes in, bytes out. */
type Bytes = Uint8Array<ArrayBuffer>

export function sequence(...values: Uint8Array[]): Bytes {
  return tagged(0x30, concat(values))
}

export function integer(value: number): Bytes {
  return tagged(0x02, Uint8Array.of(value))
}

/** An unsigned integer of any length: no needless zeros, one where the sign bit would be set (X.690 §8.3). */
export function unsignedInteger(bytes: Uint8Array): Bytes {
  const first = bytes.findIndex((byte) => byte !== 0)
  const significant = first === -1 ? Uint8Array.of(0) : bytes.subarray(first)
  return tagged(0x02, (significant[0] ?? 0) > 0x7f ? concat([Uint8Array.of(0), significant]) : significant)
}

export function bitString(bytes: Uint8Array): Bytes {
  return tagged(0x03, concat([Uint8Array.of(0), bytes]))
}

export function utf8String(text: string): Bytes {
  return tagged(0x0c, new TextEncoder().encode(text))
}

/** X.690 §8.19: base 128, the first two arcs in one. */
export function objectIdentifier(dotted: string): Bytes {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  return tagged(0x06, Uint8Array.from([first * 40 + second, ...rest].flatMap(base128)))
}

export function tagged(tag: number, content: Uint8Array): Bytes {
  return concat([Uint8Array.of(tag), length(content.length), content])
}

function length(value: number): Bytes {
  if (value < 0x80) return Uint8Array.of(value)
  const bytes: number[] = []
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256)
  return Uint8Array.of(0x80 | bytes.length, ...bytes)
}

function base128(value: number): number[] {
  const digits = [value % 128]
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) digits.unshift((rest % 128) | 0x80)
  return digits
}

function concat(parts: Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
