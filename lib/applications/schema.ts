import { z } from 'zod'
import type { ApplicationRole } from '@/lib/access/permissions'
import { isPlainLine, isPlainText } from '@/lib/core/plain-line'
import type { Environment } from '@/lib/core/secrets'
import { parseCallback } from './callback'

export const PROFILES = ['standard', 'fapi2', 'legacy'] as const
export type Profile = (typeof PROFILES)[number]

/** No new `legacy` application is foreseen after this day; shown wherever the profile is. */
export const LEGACY_SUNSET = '2028-12-31'

/** What each profile gives and what it costs (security.md, Profiles). */
export const PROFILE_WORDS: Record<Profile, { label: string; gives: string; costs: string }> = {
  standard: {
    label: 'Standard',
    gives: 'Connections through /oa2/v1 and OAuth 2 with PKCE, exact callbacks and rotating refresh tokens.',
    costs: 'Authorization requests in the older flowid form are refused.',
  },
  fapi2: {
    label: 'FAPI 2.0',
    gives:
      'Pushed authorization requests, key or certificate authentication, and tokens that only their holder can use.',
    costs: 'No /oa2/v1 and no secrets at the token endpoint: every client needs a key or a certificate.',
  },
  legacy: {
    label: 'Legacy',
    gives: 'Everything in Standard, and flowid requests with 24-hour codes and callbacks compared by host.',
    costs: 'The weakest checks. Only for programs that cannot change yet.',
  },
}

/** Data scopes an application can ask for. The PSD2 ones and the proprietary ones cannot be mixed in one request. */
export const SCOPES = ['psd2-ais', 'psd2-pis', 'connect-ais', 'connect-pis'] as const
export type Scope = (typeof SCOPES)[number]

export const LOGO_LIMIT_BYTES = 512 * 1024

const Name = z
  .string({ error: 'Enter a name.' })
  .trim()
  .min(1, 'Enter a name.')
  .max(80, 'Use 80 characters or fewer.')
  .refine(isPlainLine, 'Leave out line breaks and characters that cannot be seen.')

const Description = z
  .string()
  .trim()
  .max(500, 'Use 500 characters or fewer.')
  .refine(isPlainText, 'Leave out characters that cannot be seen.')
  .default('')

/** A browser sends an empty file where none was chosen. */
const Logo = z.preprocess(
  (value) => (value instanceof File && value.size === 0 ? undefined : value),
  z.file('Choose an image file.').max(LOGO_LIMIT_BYTES, 'Choose an image of 512 KiB or less.').optional(),
)

const Callback = z
  .string()
  .trim()
  .superRefine((value, context) => {
    const parsed = parseCallback(value)
    if ('problem' in parsed) context.addIssue({ code: 'custom', message: parsed.problem })
  })

const Id = z.string().regex(/^\w{1,64}$/, 'This is not an id.')
const InEnvironment = z.enum(['sandbox', 'production']).default('sandbox')

export const RegisterApplicationInput = z.object({
  name: Name,
  description: Description,
  logo: Logo,
  environment: z.literal('sandbox').default('sandbox'),
  profile: z.enum(PROFILES, { error: 'Choose a profile.' }).default('standard'),
  callback: z.literal('').or(Callback).optional(),
})
export type RegisterApplicationInput = z.infer<typeof RegisterApplicationInput>

/** What the command line may say: any number of callbacks, scopes separated by spaces, all for that environment. */
export const RegisterByOperatorInput = z.object({
  customerId: Id,
  environment: InEnvironment,
  name: Name,
  profile: z.enum(PROFILES, { error: `must be one of ${PROFILES.join(', ')}` }).default('standard'),
  callbacks: z.array(Callback).max(20).default([]),
  scopes: z.array(z.enum(SCOPES, { error: `must be among ${SCOPES.join(' ')}` })).default([]),
})
export type RegisterByOperatorInput = z.infer<typeof RegisterByOperatorInput>

export const ApplicationInput = z.object({ applicationId: Id })
export type ApplicationInput = z.infer<typeof ApplicationInput>

/** `before`: id of the last event of the page before. */
export type ListEventsInput = ApplicationInput & {
  subjectId?: string | undefined
  environment?: string | undefined
  /** The noun of the actions: `secret`, `certificate`. */
  action?: string | undefined
  before?: string | undefined
}

/** What the activity of an application can be narrowed to; empty is everything. */
export const ExportEventsInput = z.object({
  applicationId: Id,
  environment: z.enum(['', 'sandbox', 'production']).default(''),
  action: z
    .string()
    .regex(/^[a-z-]{0,40}$/, 'Choose among the kinds.')
    .default(''),
})
export type ExportEventsInput = z.infer<typeof ExportEventsInput>

export const UpdateApplicationInput = z.object({
  applicationId: Id,
  name: Name,
  description: Description,
  logo: Logo,
  removeLogo: z.literal('on').optional(),
})
export type UpdateApplicationInput = z.infer<typeof UpdateApplicationInput>

export const SuspendApplicationInput = z.object({ applicationId: Id, reason: z.string().trim().max(200).optional() })
export type SuspendApplicationInput = z.infer<typeof SuspendApplicationInput>

export const AddCallbackInput = z.object({ applicationId: Id, environment: InEnvironment, url: Callback })
export type AddCallbackInput = z.infer<typeof AddCallbackInput>

export const RemoveCallbackInput = z.object({ applicationId: Id, callbackId: Id })
export type RemoveCallbackInput = z.infer<typeof RemoveCallbackInput>

export const ChangeProfileInput = z.object({
  applicationId: Id,
  environment: InEnvironment,
  profile: z.enum(PROFILES, { error: 'Choose a profile.' }),
})
export type ChangeProfileInput = z.infer<typeof ChangeProfileInput>

/** Boxes that are ticked: none, one alone, or several of one name. */
const ChosenScopes = z.preprocess(
  (value) => (value === undefined ? [] : [value].flat()),
  z.array(z.enum(SCOPES, { error: `must be among ${SCOPES.join(' ')}` })).max(SCOPES.length),
)

export const ChangeScopesInput = z.object({ applicationId: Id, environment: InEnvironment, scopes: ChosenScopes })
export type ChangeScopesInput = z.infer<typeof ChangeScopesInput>

export type CallbackOfApplication = { id: string; url: string; host: string; createdAt: Date }

export type ApplicationEnvironment = {
  environment: Environment
  /** The Application Key. */
  clientId: string
  profile: Profile
  mtlsRequired: boolean
  scopes: string[]
  callbacks: CallbackOfApplication[]
}

export type Application = {
  id: string
  customerId: string
  /** Whose it is, in its owner's own words: verified or not. */
  customerName: string
  /** What the person who asked is to it. */
  role: ApplicationRole
  name: string
  description: string
  hasLogo: boolean
  suspendedAt: Date | null
  suspendedReason: string | null
  createdAt: Date
  environments: ApplicationEnvironment[]
}

export type ApplicationPage = { rows: Application[]; page: number; pageCount: number; total: number }

/** Applications of one business. */
export const APPLICATION_LIMIT = 100

export const APPLICATIONS_PER_PAGE = 25

/** What anybody signed in may know of an application that asks something of them. */
export type PublicApplication = {
  id: string
  name: string
  description: string
  hasLogo: boolean
  /** Legal name of the Application Owner, once an operator has verified it. */
  ownerName: string | null
  suspended: boolean
}
