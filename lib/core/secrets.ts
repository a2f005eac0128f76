import { hash, timingSafeEqual } from 'node:crypto'
import { drawBytes } from './random'

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

export const ENVIRONMENTS = ['sandbox', 'production'] as const
export type Environment = (typeof ENVIRONMENTS)[number]

/**
 * SHA-256 of a secret, code or token: the only form in which one is stored. A fast hash is right here because every input
 * has at least 128 random bits (passwords alone get argon2id).
 */
export function sha256(value: string | Uint8Array): Buffer {
  return hash('sha256', value, 'buffer')
}

/** Lowercase hex and nothing else, known by where it comes from. */
export type Hex = string & { readonly __hex: unique symbol }

/** The same as 64 lowercase hex, in half the time. */
export function sha256Hex(value: string): Hex {
  return hash('sha256', value, 'hex') as Hex
}

export function toHex(bytes: Buffer): Hex {
  return bytes.toString('hex') as Hex
}

/** 32 lowercase hex, 128 random bits: tokens, Connection Codes and Application Keys (contract.md, Family A; seed 004). */
export function newHexToken(): Hex {
  return toHex(drawBytes(16))
}

export function isHexToken(value: string): value is Hex {
  return /^[0-9a-f]{32}$/.test(value)
}

/** 256 random bits, base64url: import tokens, tickets, links in mails, session cookies. */
export function newOpaqueToken(): string {
  return drawBytes(32).toString('base64url')
}

export function isOpaqueToken(value: string): boolean {
  return /^[A-Za-z0-9_-]{43}$/.test(value)
}

function toBase62(bytes: Uint8Array, length: number): string {
  let number = 0n
  for (const byte of bytes) number = (number << 8n) | BigInt(byte)
  let out = ''
  for (let i = 0; i < length; i++) {
    out = BASE62[Number(number % 62n)] + out
    number /= 62n
  }
  return out
}

function checksum(body: string): string {
  return toBase62(sha256(body).subarray(0, 5), 6)
}

export type IssuedSecret = { plaintext: string; hash: Buffer; hint: string }

/**
 * An Application Secret: `cs_sk_<environment>_`, 256 random bits in base 62 (43 characters) and a 6-character checksum over
 * all before it, so that leak scanners recognise one without asking us (security.md, Credentials).
 */
export function newApplicationSecret(environment: Environment): IssuedSecret {
  const body = `cs_sk_${environment}_${toBase62(drawBytes(32), 43)}`
  const plaintext = body + checksum(body)
  return { plaintext, hash: sha256(plaintext), hint: hintOf(plaintext) }
}

export function isApplicationSecret(value: string): boolean {
  const match = /^(cs_sk_(?:sandbox|production)_[0-9A-Za-z]{43})([0-9A-Za-z]{6})$/.exec(value)
  return match !== null && checksum(match[1] as string) === match[2]
}

/** What may still be shown of a secret: its prefix and its last five characters. */
export function hintOf(plaintext: string): string {
  const prefix = /^cs_sk_[a-z]+_/.exec(plaintext)?.[0] ?? ''
  return `${prefix}…${plaintext.slice(-5)}`
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b)
}
