import { z } from 'zod'
import type { Environment } from '@/lib/core/secrets'
import type { ChainState } from './chain-state'
import { PSD2_ROLES } from './schema'

const Id = z.string().regex(/^\w{1,64}$/, 'This is not an id.')
export const InEnvironment = z.enum(['sandbox', 'production']).default('sandbox')

/** Free text of operators: one line that is fit for a table. */
const Words = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .max(120, 'must have 120 characters or fewer')
  .regex(/^[^\p{Cc}\p{Bidi_Control}]*$/u, 'must not contain control characters')

export const AddAnchorInput = z.object({
  bytes: z.instanceof(Uint8Array),
  environment: InEnvironment,
  /** Who runs the CA; from the certificate's subject where it is left out. */
  owner: Words.optional(),
  purpose: Words.default('client certificates'),
})
export type AddAnchorInput = z.infer<typeof AddAnchorInput>

export const RemoveAnchorInput = z.object({ anchorId: Id })
export type RemoveAnchorInput = z.infer<typeof RemoveAnchorInput>

export type TrustAnchor = {
  id: string
  environment: Environment
  owner: string
  purpose: string
  subject: string
  /** Lower-case hex. */
  sha256: string
  notBefore: Date
  notAfter: Date
  createdAt: Date
  /** Chains that count on it and have not ended. */
  chains: number
}

/** What the sandbox CA makes: one that works, and those to rehearse a refusal with. */
export const SANDBOX_KINDS = ['working', 'reversed', 'incomplete', 'expired', 'revoked', 'wrong-usage'] as const
export type SandboxKind = (typeof SANDBOX_KINDS)[number]

export const SANDBOX_DAYS = [7, 90, 365] as const
export const SANDBOX_LIMIT_PER_DAY = 50

export const MakeSandboxCertificateInput = z.object({
  applicationId: Id,
  kind: z.enum(SANDBOX_KINDS, { error: 'Choose what to make.' }).default('working'),
  /** A field that comes once is no list yet. */
  roles: z.preprocess(
    (value) => (typeof value === 'string' ? [value] : value),
    z
      .array(z.enum(PSD2_ROLES, { error: 'Choose among the roles.' }))
      .max(PSD2_ROLES.length)
      .default([]),
  ),
  days: z.coerce
    .number()
    .refine((days) => SANDBOX_DAYS.some((among) => among === days), 'Choose how long it is valid.')
    .default(90),
  csr: z.string().max(16_384, 'This is too long for a request.'),
})
export type MakeSandboxCertificateInput = z.infer<typeof MakeSandboxCertificateInput>

export type SandboxCertificate = {
  kind: SandboxKind
  /** PEM, in the order to submit it in: for a rehearsal, broken as it is meant to be. */
  chain: string
  /** PEM of leaf, intermediate and root in the right order, for a key store. */
  ordered: string
  subject: string
  notAfter: Date
}

/** Live chains of one application in one environment: enough for several deployments and a rotation of each. */
export const CHAIN_LIMIT = 10

/** A moment as a form's `datetime-local` or a command line gives it, in UTC. Empty: not given. */
const Moment = z
  .literal('')
  .transform(() => undefined)
  .or(
    z
      .string()
      .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?Z?$/, 'Enter a date and a time.')
      .transform((text) => new Date(text.endsWith('Z') ? text : `${text}Z`))
      .refine((moment) => !Number.isNaN(moment.getTime()), 'Enter a date that exists.'),
  )
  .optional()

/** What is checked: text from the clipboard, or a file. A browser sends an empty file where none was chosen. */
const Upload = {
  chain: z.string().default(''),
  file: z.preprocess((value) => (value instanceof File && value.size === 0 ? undefined : value), z.file().optional()),
}
export type Upload = { chain: string; file?: File }

export const CheckSubmissionInput = z.object({ applicationId: Id, environment: InEnvironment, ...Upload })
export type CheckSubmissionInput = z.infer<typeof CheckSubmissionInput>

export const SubmitChainInput = CheckSubmissionInput.extend({
  start: z.enum(['now', 'later'], { error: 'Choose when it starts.' }).default('now'),
  /** Read where `start` is `later`. */
  startsAt: Moment,
  /** What becomes of the chains before it: they stay, or end at `replacesAt`, the cut-over. */
  others: z.enum(['keep', 'end'], { error: 'Choose what becomes of the others.' }).default('keep'),
  replacesAt: Moment,
  /** When the first chain of all makes mutual TLS the only way; when it starts, where left out. */
  closesOneWayAt: Moment,
})
export type SubmitChainInput = z.infer<typeof SubmitChainInput>

export const ScheduleChainInput = z.object({
  certificateId: Id,
  change: z.enum(['start', 'end', 'keep'], { error: 'Choose what to change.' }),
  /** The new start or end; now, where left out. Not read for `keep`, which takes an end back. */
  moment: Moment,
})
export type ScheduleChainInput = z.infer<typeof ScheduleChainInput>

export const REVOCATION_REASONS = ['key-compromised', 'replaced', 'no-longer-used', 'unspecified'] as const
export type RevocationReason = (typeof REVOCATION_REASONS)[number]

export const RevokeChainInput = z.object({
  certificateId: Id,
  reason: z.enum(REVOCATION_REASONS, { error: 'Choose a reason.' }).default('unspecified'),
})
export type RevokeChainInput = z.infer<typeof RevokeChainInput>

export const CertificateInput = z.object({ certificateId: Id })
export type CertificateInput = z.infer<typeof CertificateInput>

export const ChangeMtlsInput = z.object({
  applicationId: Id,
  environment: InEnvironment,
  required: z.enum(['on', 'off'], { error: 'Choose one.' }),
})
export type ChangeMtlsInput = z.infer<typeof ChangeMtlsInput>

export type ChainSummary = {
  id: string
  applicationId: string
  environment: Environment
  /** Of the leaf. */
  subject: string
  /** Of the leaf, lower-case hex. */
  sha256: string
  state: ChainState
  submittedAt: Date
  /** Name of who submitted it; null: an operator, on the command line. */
  submittedBy: string | null
  approvedAt: Date | null
  refusedAt: Date | null
  startsAt: Date
  /** When those before it end, where it was submitted as their replacement. */
  replacesAt: Date | null
  endsAt: Date | null
  notBefore: Date
  notAfter: Date
  revokedAt: Date | null
  /** By somebody here, or found out from the authority that issued one of its certificates. */
  revokedReason: RevocationReason | 'revoked-by-authority' | null
  /** When mutual TLS becomes, or became, the only way because of it. */
  closesOneWayAt: Date | null
  closedOneWayAt: Date | null
}

export type StoredCertificate = { der: Buffer; sha256: string; subject: string; notAfter: Date }

export const CalendarInput = z.object({ applicationId: Id })
export type CalendarInput = z.infer<typeof CalendarInput>

export type CalendarAddress = { createdAt: Date; createdBy: string | null }
