import { drawBytes } from './random'

/** A UUID in its text form, known by where it comes from. */
export type Uuid = string & { readonly __uuid: unique symbol }

/** UUID version 7 (RFC 9562 §5.7): ascending, so that a family's row goes to the end of the primary key's index. */
export function newFamilyId(nowMs: number): Uuid {
  return familyId(nowMs, drawBytes(16))
}

/** No family made at that moment or later has a smaller id. */
export function firstFamilyIdAt(ms: number): Uuid {
  return familyId(ms, Buffer.alloc(16))
}

function familyId(nowMs: number, bytes: Buffer): Uuid {
  bytes.writeUIntBE(nowMs, 0, 6)
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x70
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}` as Uuid
}
