import { z } from 'zod'
import type { Environment } from '@/lib/core/secrets'
import { DAY, HOUR } from '@/lib/core/time'

/** Live secrets of one application in one environment: enough to rotate several deployments one by one. */
export const SECRET_LIMIT = 5

const Id = z.string().regex(/^\w{1,64}$/, 'This is not an id.')
const InEnvironment = z.enum(['sandbox', 'production']).default('sandbox')

/** For how long what is replaced lives on beside what replaces it (security.md, Credentials). */
export const OVERLAPS = ['0', '1h', '24h', '7d', '30d'] as const
export type Overlap = (typeof OVERLAPS)[number]
export const OVERLAP_MS: Record<Overlap, number> = {
  '0': 0,
  '1h': HOUR,
  '24h': DAY,
  '7d': 7 * DAY,
  '30d': 30 * DAY,
}
const ChosenOverlap = z.enum(OVERLAPS, { error: `Choose one of ${OVERLAPS.join(', ')}.` })
/** An end can be put off, not into the past. */
const LaterEnd = z.enum(['1h', '24h', '7d', '30d'], { error: 'Choose one of 1h, 24h, 7d, 30d.' })

/** How long a secret may be meant to live when it is made; without a choice until it is replaced or revoked. */
export const LIFETIME_DAYS = [30, 90, 180, 365] as const
const Lifetime = z
  .enum(['', ...LIFETIME_DAYS.map(String)], { error: `Choose one of ${LIFETIME_DAYS.join(', ')} days.` })
  .transform((days) => (days === '' ? undefined : Number(days)))
  .optional()

/** Hours without a use after which a secret that is being replaced ends early. Empty: only at its end. */
const UNUSED_HOURS_MAX = 720
const UnusedHours = z
  .literal('')
  .or(
    z.coerce
      .number('Enter a number of hours.')
      .int('Enter whole hours.')
      .min(1, 'Enter 1 or more.')
      .max(UNUSED_HOURS_MAX, `Enter ${UNUSED_HOURS_MAX} or fewer.`),
  )
  .default('')
  .transform((hours) => (hours === '' ? null : hours))

export const MakeSecretInput = z.object({ applicationId: Id, environment: InEnvironment, lifetimeDays: Lifetime })
export type MakeSecretInput = z.infer<typeof MakeSecretInput>

export const ListSecretsInput = z.object({ applicationId: Id, environment: InEnvironment })
export type ListSecretsInput = z.infer<typeof ListSecretsInput>

export const RotateSecretInput = z.object({
  applicationId: Id,
  environment: InEnvironment,
  overlap: ChosenOverlap.default('7d'),
  unusedHours: UnusedHours,
})
export type RotateSecretInput = z.infer<typeof RotateSecretInput>

export const SecretInput = z.object({ secretId: Id })
export type SecretInput = z.infer<typeof SecretInput>

export const MoveSecretEndInput = z.object({ secretId: Id, end: LaterEnd })
export type MoveSecretEndInput = z.infer<typeof MoveSecretEndInput>

export const ChooseRetirementInput = z.object({ secretId: Id, unusedHours: UnusedHours })
export type ChooseRetirementInput = z.infer<typeof ChooseRetirementInput>

export const RotateKeyInput = z.object({
  applicationId: Id,
  environment: InEnvironment,
  overlap: ChosenOverlap.default('7d'),
})
export type RotateKeyInput = z.infer<typeof RotateKeyInput>

export const KeyInput = z.object({ clientId: Id })
export type KeyInput = z.infer<typeof KeyInput>

export const MoveKeyEndInput = z.object({ clientId: Id, end: LaterEnd })
export type MoveKeyEndInput = z.infer<typeof MoveKeyEndInput>

export const RevokeSecretInput = z.object({
  secretId: Id,
  /** What a choice sends: `on` lets the tokens that it minted live on until they expire. */
  keepsTokens: z
    .enum(['', 'on'])
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
/** `certificate`: a file with the one that it must call with; without it any call with the secret is its own. */
export type CreateCoreInput = z.infer<typeof CreateCoreInput> & { certificate?: Uint8Array }

export const SECRET_STATES = ['active', 'ending', 'expired', 'revoked'] as const
export type SecretState = (typeof SECRET_STATES)[number]

/** Why a secret ends: its lifetime, an overlap, a person who ended it early, or nobody who used it any more. */
export const END_REASONS = ['lifetime', 'rotation', 'ended', 'unused'] as const
export type EndReason = (typeof END_REASONS)[number]

export const SIGHTING_ACTS = ['made', 'rotated', 'replaced'] as const
export type Sighting = {
  by: (typeof SIGHTING_ACTS)[number]
  /** Null: an operator, on the command line. */
  name: string | null
  at: Date
}

export type Usage = {
  lastUsedAt: Date | null
  lastAddress: string | null
  /** Within the last 24 hours. */
  usesInDay: number
}

/** A secret as it may be shown after it was made: what it was is gone. */
export type Secret = Usage & {
  id: string
  environment: Environment
  hint: string
  state: SecretState
  createdAt: Date
  /** Name of who made it; null: an operator, on the command line. */
  createdBy: string | null
  /** Everybody who has had it before their eyes, first ones first. */
  seenBy: Sighting[]
  endsAt: Date | null
  endsBecause: EndReason | null
  /** Ends earlier, once unused for so many hours. */
  retiresUnusedHours: number | null
  revokedAt: Date | null
  keepsTokens: boolean
}

/** A live secret that a person has had before their eyes. */
export type SeenSecret = {
  id: string
  environment: Environment
  hint: string
  createdAt: Date
  endsAt: Date | null
  /** When they saw it last. */
  seenAt: Date
  lastUsedAt: Date | null
}

/** A live secret that somebody without a role now has seen. */
export type SecretSeenByGone = SeenSecret & { personId: string; name: string }

export type ApplicationKey = Usage & {
  clientId: string
  environment: Environment
  state: 'active' | 'ending' | 'expired'
  createdAt: Date
  /** Null: with the application, or by an operator on the command line. */
  createdBy: string | null
  endsAt: Date | null
  endsBecause: 'rotation' | 'ended' | null
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

/** What a rotation leaves to its overlap. */
export type PreviousSecret = { secretId: string; hint: string; endsAt: Date }
export type RotatedSecret = MadeSecret & { previous: PreviousSecret[] }

export type RotatedKey = { applicationId: string; clientId: string; previous: { clientId: string; endsAt: Date }[] }
