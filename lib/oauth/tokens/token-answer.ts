import { type Hex, newOpaqueToken, sha256Hex } from '@/lib/core/secrets'
import { ACCESS_TOKEN_TTL_SECONDS } from '../token-pair'

/** RFC 6749 §5.1, in the order of contract.md, Family B. */
export type TokenAnswer = {
  token_type: 'Bearer' | 'DPoP'
  access_token: string
  expires_in: number
  refresh_token?: string
  scope: string
  authorization_details?: readonly Record<string, unknown>[]
}

/** A pair as it goes out, with what is kept of it. */
export type NewPair = { access: string; refresh: string; accessHash: Hex; refreshHash: Hex }

export function newPair(): NewPair {
  const access = newOpaqueToken()
  const refresh = newOpaqueToken()
  return { access, refresh, accessHash: sha256Hex(access), refreshHash: sha256Hex(refresh) }
}

type Parts = {
  access: string
  refresh: string | null
  scopes: readonly string[]
  jwkThumbprint: Hex | null
  authorizationDetails: readonly Record<string, unknown>[] | null
  expiresIn?: number
}

export function tokenAnswer(parts: Parts): TokenAnswer {
  return {
    token_type: parts.jwkThumbprint === null ? 'Bearer' : 'DPoP',
    access_token: parts.access,
    expires_in: parts.expiresIn ?? ACCESS_TOKEN_TTL_SECONDS,
    ...(parts.refresh === null ? {} : { refresh_token: parts.refresh }),
    scope: parts.scopes.join(' '),
    ...(parts.authorizationDetails === null ? {} : { authorization_details: parts.authorizationDetails }),
  }
}
