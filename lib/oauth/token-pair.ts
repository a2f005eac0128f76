/** Access tokens of Family A live an hour (seed 004). */
export const ACCESS_TOKEN_TTL_SECONDS = 3600
/** A refresh family's whole life (architecture.md, Data). */
export const REFRESH_FAMILY_DAYS = 180
/** How long a used refresh token still gets its successor (contract.md, Family A). */
export const REFRESH_GRACE_SECONDS = 30

export type TokenKind = 'application' | 'connection'

/** The four members of an AccessToken in the order of seed 004. */
export type TokenPair = {
  token_type: 'bearer'
  access_token: string
  expires_in: number
  refresh_token: string
}

export function tokenPair(accessToken: string, refreshToken: string, expiresIn = ACCESS_TOKEN_TTL_SECONDS): TokenPair {
  return { token_type: 'bearer', access_token: accessToken, expires_in: expiresIn, refresh_token: refreshToken }
}
