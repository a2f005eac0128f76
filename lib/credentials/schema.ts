import { z } from 'zod'
import type { Environment } from '@/lib/core/secrets'

/** Live secrets of one application in one environment: enough to rotate several deployments one by one. */
export const SECRET_LIMIT = 5

const Id = z.string().regex(/^\w{1,64}$/, 'This is not an id.')
const InEnvironment = z.enum(['sandbox', 'production']).default('sandbox')

export const MakeSecretInput = z.object({ applicationId: Id, environment: InEnvironment })
export type MakeSecretInput = z.infer<typeof MakeSecretInput>

export const ListSecretsInput = z.object({ applicationId: Id, environment: InEnvironment })
export type ListSecretsInput = z.infer<typeof ListSecretsInput>

export const RevokeSecretInput = z.object({
  secretId: Id,
  /** What a checkbox sends: `on` lets the tokens that it minted live on until they expire. */
  keepsTokens: z
    .literal('on')
    .optional()
    .transform((value) => value === 'on'),
})
export type RevokeSecretInput = z.infer<typeof RevokeSecretInput>

export const CreateCoreInput = z.object({
  name: z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(80, 'must have 80 characters or fewer')
    .regex(/^[^\p{Cc}]*$/u, 'must not contain control characters'),
})
export type CreateCoreInput = z.infer<typeof CreateCoreInput>

export const SECRET_STATES = ['active', 'ending', 'expired', 'revoked'] as const
export type SecretState = (typeof SECRET_STATES)[number]

/** A secret as it may be shown after it was made: what it was is gone. */
export type Secret = {
  id: string
  environment: Environment
  hint: string
  state: SecretState
  createdAt: Date
  /** Name of who made it; null: an operator, on the command line. */
  createdBy: string | null
  lastUsedAt: Date | null
  lastAddress: string | null
  usesToday: number
  endsAt: Date | null
  revokedAt: Date | null
  keepsTokens: boolean
}

/** The one answer that holds the secret itself. */
export type MadeSecret = {
  secretId: string
  applicationId: string
  clientId: string
  clientSecret: string
  hint: string
  environment: Environment
}
