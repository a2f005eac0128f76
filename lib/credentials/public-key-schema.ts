import { z } from 'zod'
import type { Environment } from '@/lib/core/secrets'
import { LIFETIME_DAYS, OVERLAPS, type Usage } from './schema'

/** What a client assertion may be signed with (FAPI 2.0 Security Profile §5.4.1). */
export const PUBLIC_KEY_ALGORITHMS = ['PS256', 'ES256', 'EdDSA'] as const
export type PublicKeyAlgorithm = (typeof PUBLIC_KEY_ALGORITHMS)[number]

/** Live public keys of one application in one environment: each replica of a program may have its own. */
export const PUBLIC_KEY_LIMIT = 10
/** A key set of that many RSA keys is a tenth of it. */
export const PUBLIC_KEY_MAX_BYTES = 64 * 1024

const Id = z.string().regex(/^\w{1,64}$/, 'This is not an id.')
const InEnvironment = z.enum(['sandbox', 'production']).default('sandbox')

/** What names a key in the header of an assertion (RFC 7515 §4.1.4): any printable ASCII. */
export const KID = /^[\x21-\x7e]{1,128}$/

export const AddPublicKeysInput = z.object({
  applicationId: Id,
  environment: InEnvironment,
  /** A JWK, a JWK Set or a PEM public key. */
  publicKey: z.string().default(''),
  /** The same as a file; a browser sends an empty one where none was chosen. */
  file: z.preprocess((value) => (value instanceof File && value.size === 0 ? undefined : value), z.file().optional()),
  kid: z
    .literal('')
    .or(z.string().trim().regex(KID, 'Use 1 to 128 letters, digits and signs, without spaces.'))
    .default(''),
  /** Empty: until it is revoked, or another takes over. */
  lifetimeDays: z
    .enum(['', ...LIFETIME_DAYS.map(String)], { error: `Choose one of ${LIFETIME_DAYS.join(', ')} days.` })
    .default('')
    .transform((days) => (days === '' ? null : Number(days))),
  /** For how long those that are live now go on beside the new ones. Empty: as if nothing had been added. */
  overlap: z.enum(['', ...OVERLAPS], { error: `Choose one of ${OVERLAPS.join(', ')}.` }).default(''),
})
export type AddPublicKeysInput = z.infer<typeof AddPublicKeysInput>

export const ListPublicKeysInput = z.object({ applicationId: Id, environment: InEnvironment })
export type ListPublicKeysInput = z.infer<typeof ListPublicKeysInput>

export const RevokePublicKeyInput = z.object({
  publicKeyId: Id,
  /** What a choice sends: `on` lets the tokens that it minted live on until they expire. */
  keepsTokens: z
    .enum(['', 'on'])
    .optional()
    .transform((value) => value === 'on'),
})
export type RevokePublicKeyInput = z.infer<typeof RevokePublicKeyInput>

export type AddedPublicKey = {
  publicKeyId: string
  kid: string
  algorithm: PublicKeyAlgorithm
  /** RFC 7638, SHA-256, base64url. */
  thumbprint: string
  endsAt: Date | null
  /** False where the very same key was registered before. */
  isNew: boolean
}
export type AddedPublicKeys = {
  applicationId: string
  clientId: string
  keys: AddedPublicKey[]
  /** Those that the overlap has given an end. */
  previous: { publicKeyId: string; kid: string; endsAt: Date }[]
}

export type PublicKey = Usage & {
  id: string
  environment: Environment
  kid: string
  algorithm: PublicKeyAlgorithm
  thumbprint: string
  state: 'active' | 'ending' | 'expired' | 'revoked'
  createdAt: Date
  /** Name of who added it; null: an operator, on the command line. */
  createdBy: string | null
  endsAt: Date | null
  endsBecause: 'lifetime' | 'rotation' | null
  revokedAt: Date | null
  keepsTokens: boolean
}
