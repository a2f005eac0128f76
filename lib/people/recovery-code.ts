import { randomBytes } from 'node:crypto'
import { mac } from '@/lib/core/seal'
import { env } from '@/lib/env/env'

// Crockford base 32: no I, L, O, U, so that a code survives being read off paper.
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const LENGTH = 16

/** 80 random bits in groups of four: short enough to type, so kept as a keyed MAC and not as a plain hash. */
export function newRecoveryCode(): string {
  const letters = [...randomBytes(LENGTH)].map((byte) => ALPHABET[byte & 31]).join('')
  return letters.replace(/(.{4})(?=.)/g, '$1-')
}

/** The MAC under each key of the ring; new codes get the first. Bound to the person: equal codes of two people differ. */
export function hashesOfRecoveryCode(personId: string, code: string): Buffer[] {
  const read = code.toUpperCase().replace(/[\s-]/g, '').replace(/[IL]/g, '1').replace(/O/g, '0')
  return env().secretKeys.map((key) => mac([key], 'recovery-code', `${personId}:${read}`).mac)
}
