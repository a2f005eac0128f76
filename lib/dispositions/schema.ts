import { z } from 'zod'
import type { Environment } from '@/lib/core/secrets'

export const DISPOSITION_STATUSES = ['WAITING', 'IMPORTED', 'GRANTED', 'REFUSED', 'CANCELLED', 'EXPIRED'] as const
export type DispositionStatus = (typeof DISPOSITION_STATUSES)[number]

export const TERMINAL_STATUSES = ['GRANTED', 'REFUSED', 'CANCELLED', 'EXPIRED', 'REVOKED'] as const

/** What can be confirmed through a disposition. Permissions, Authorizations and payments join here. */
export const OPERATION_KINDS = ['connection', 'consent'] as const
export type OperationKind = (typeof OPERATION_KINDS)[number]

export const END_REASONS = ['accepted', 'refused', 'wrong-numbers', 'phishing', 'cancelled', 'expired'] as const
export type EndReason = (typeof END_REASONS)[number]

export const LOCALES = ['en', 'it'] as const
export type Locale = (typeof LOCALES)[number]

/** How many wrong numbers end a disposition (contract.md, Family A). */
export const NUMBER_TRIES = 3

const DispositionId = z.string().regex(/^dsp_[0-9a-z]{20}$/)
const AccountId = z.string().regex(/^acc_[0-9a-z]{20}$/)

/** The token from the fragment of `/wallet/d#TOKEN`. Its shape is not checked here: a tampered one is an unknown one. */
export const ImportDispositionInput = z.object({ token: z.string().max(512) })
export type ImportDispositionInput = z.infer<typeof ImportDispositionInput>

export const DispositionRef = z.object({ id: DispositionId })
export type DispositionRef = z.infer<typeof DispositionRef>

export const PrepareAcceptanceInput = z.object({
  id: DispositionId,
  /** Needed unless the offer names the account. */
  accountId: AccountId.optional(),
  /** In which language the person reads what they sign. */
  locale: z.enum(LOCALES).default('en'),
})
export type PrepareAcceptanceInput = z.infer<typeof PrepareAcceptanceInput>

export const SubmitNumberInput = z.object({
  id: DispositionId,
  number: z
    .string()
    .trim()
    .regex(/^[0-9]{2}$/, 'number-shape')
    .transform(Number),
})
export type SubmitNumberInput = z.infer<typeof SubmitNumberInput>

const Base64Url = z
  .string()
  .max(16_384)
  .regex(/^[A-Za-z0-9_-]*$/)

/** WebAuthn's AuthenticationResponseJSON, as `startAuthentication` of the browser gives it. */
export const PasskeyAssertion = z.object({
  id: Base64Url,
  rawId: Base64Url,
  type: z.literal('public-key'),
  response: z.object({
    clientDataJSON: Base64Url,
    authenticatorData: Base64Url,
    signature: Base64Url,
    userHandle: Base64Url.optional(),
  }),
  authenticatorAttachment: z.enum(['platform', 'cross-platform']).optional(),
  clientExtensionResults: z.record(z.string(), z.unknown()).default({}),
})
export type PasskeyAssertion = z.infer<typeof PasskeyAssertion>

export const AcceptDispositionInput = z.object({ id: DispositionId, assertion: PasskeyAssertion })
export type AcceptDispositionInput = z.infer<typeof AcceptDispositionInput>

/** One of the importer's own accounts that the operation may be about. */
export type AccountChoice = { id: string; name: string; ibanMasked: string; currency: string; customerName: string }

/**
 * What is asked for whole Customers of the person, where no account is chosen: fixed by the offer, names included, so that
 * it is shown and signed as it was chosen.
 */
export type AskedForCustomers = {
  customers: { id: string; name: string }[]
  scopes: string[]
  denied_scopes: string[]
  /** RFC 9396, as they were asked. */
  authorization_details: Record<string, unknown>[] | null
}

/** Who asks, as far as a stranger may be told. */
export type AskingApplication = {
  id: string
  name: string
  hasLogo: boolean
  /** The owner's legal name, only when an operator has verified it. */
  ownerName: string | null
  ownerVerified: boolean
}

/** What the importer's wallet shows. */
export type ImporterDisposition = {
  id: string
  operation: OperationKind
  subjectId: string
  status: DispositionStatus
  endReason: EndReason | null
  /** When the present state ends by itself; null once it has ended. */
  expiresAt: Date | null
  environment: Environment
  application: AskingApplication
  /** The application's own words for this request, unverified. */
  reference: string | null
  /** The initiator is the importer: somebody connects an account of their own. */
  isSelfInitiated: boolean
  /** One account is to be chosen, or is fixed; otherwise what is asked is for whole Customers. */
  wantsAccount: boolean
  accounts: AccountChoice[]
  /** The offer names the account: nothing to choose. */
  isAccountFixed: boolean
  numberWanted: boolean
  numberMatched: boolean
  triesLeft: number
  /** Once terminal, where the wallet goes back to: `return_url` with `id`, `status` and, where wanted, `result`. */
  returnTo: string | null
}

/** One line of the wallet's list of what waits for its person. */
export type PendingDisposition = {
  id: string
  operation: OperationKind
  applicationName: string
  environment: Environment
  expiresAt: Date
}

/** What a person reads before signing, in their language. Shown as it is; its hash is part of what is signed. */
export type Statement = {
  title: string
  rows: { label: string; value: string }[]
  allowsTitle: string
  allows: string[]
  forbidsTitle: string
  forbids: string[]
}

/** WebAuthn request options for `startAuthentication({ optionsJSON })`. */
export type PasskeyRequest = {
  challenge: string
  rpId: string
  timeout: number
  userVerification: 'required'
  allowCredentials: { id: string; type: 'public-key'; transports?: PasskeyTransport[] }[]
}
export type PasskeyTransport = 'ble' | 'cable' | 'hybrid' | 'internal' | 'nfc' | 'smart-card' | 'usb'

export type PreparedAcceptance = {
  id: string
  statement: Statement
  options: PasskeyRequest
  /** Passkeys added too recently to accept anything: with the moment from which each may. */
  notYet: { name: string; acceptsFrom: Date }[]
  expiresAt: Date
}

export type NumberOutcome =
  | { outcome: 'matched'; triesLeft: number }
  | { outcome: 'wrong'; triesLeft: number }
  | { outcome: 'refused'; triesLeft: 0 }

export type SettledDisposition = { id: string; status: DispositionStatus; returnTo: string | null }

/** What the initiator's page polls: contract.md, "Our own pages". */
export type InitiatorDisposition = {
  id: string
  operation: OperationKind
  subjectId: string
  applicationId: string
  environment: Environment
  status: DispositionStatus
  endReason: EndReason | null
  expiresAt: Date | null
  importedBy: string | null
  number: number | null
  refusedImports: number
}
