import type { Profile } from '@/lib/applications/schema'
import { PUBLIC_KEY_ALGORITHMS, type PublicKeyAlgorithm } from '@/lib/credentials/public-key-schema'

/** RFC 8414 §2, the names of RFC 7591 and RFC 8705 §2.1.1. */
export const CLIENT_METHODS = [
  'client_secret_basic',
  'client_secret_post',
  'private_key_jwt',
  'tls_client_auth',
] as const
export type ClientMethod = (typeof CLIENT_METHODS)[number]

/** How clients of a profile authenticate at `/oauth2/*` (security.md, Profiles). */
export const METHODS_OF_PROFILE: Record<Profile, readonly ClientMethod[]> = {
  legacy: ['client_secret_basic', 'client_secret_post'],
  standard: CLIENT_METHODS,
  fapi2: ['private_key_jwt', 'tls_client_auth'],
}
/** A core has a secret and, where it is bound to a certificate, that as well: neither is enough alone. */
export const METHODS_OF_CORE: readonly ClientMethod[] = ['client_secret_basic', 'client_secret_post']

/** Of client assertions and DPoP proofs (FAPI 2.0 Security Profile §5.4.1). Nothing symmetric, nothing with PKCS #1 v1.5. */
export const SIGNING_ALGORITHMS = PUBLIC_KEY_ALGORITHMS
export type SigningAlgorithm = PublicKeyAlgorithm
