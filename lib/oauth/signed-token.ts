import { compactVerify, decodeProtectedHeader, importJWK, type JWK } from 'jose'
import { SIGNING_ALGORITHMS, type SigningAlgorithm } from './clients/profile-rules'

export type SignedHeader = { alg: SigningAlgorithm; kid?: string; typ?: string; jwk?: JWK }
export type Claims = Record<string, unknown>

const LENGTH_MAX = 8 * 1024

/** The header of a compact JWS of an algorithm that we take, unverified; null for anything else. */
export function readHeader(token: string): SignedHeader | null {
  if (token.length > LENGTH_MAX || !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) return null
  try {
    const { alg, kid, typ, jwk, crit, b64 } = decodeProtectedHeader(token) as Record<string, unknown>
    if (!(SIGNING_ALGORITHMS as readonly unknown[]).includes(alg)) return null
    if (crit !== undefined || b64 !== undefined) return null
    if (kid !== undefined && typeof kid !== 'string') return null
    if (typ !== undefined && typeof typ !== 'string') return null
    return {
      alg: alg as SigningAlgorithm,
      ...(kid === undefined ? {} : { kid }),
      ...(typ === undefined ? {} : { typ }),
      ...(typeof jwk === 'object' && jwk !== null ? { jwk: jwk as JWK } : {}),
    }
  } catch {
    return null
  }
}

/** The claims, where the signature is the key's; else null. */
export async function verifyWith(token: string, jwk: JWK, algorithm: SigningAlgorithm): Promise<Claims | null> {
  try {
    const key = await importJWK(jwk, algorithm)
    const { payload } = await compactVerify(token, key, { algorithms: [algorithm] })
    const claims: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload))
    return typeof claims === 'object' && claims !== null && !Array.isArray(claims) ? (claims as Claims) : null
  } catch {
    return null
  }
}

/** A NumericDate of RFC 7519 §2, in seconds. */
export function isNumericDate(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 && value < 1e11
}
