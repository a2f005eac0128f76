import { z } from 'zod'
import type { ApplicationAction } from '@/lib/access/permissions'
import type { Environment } from '@/lib/core/secrets'

/** How long a request waits for a second member. */
export const REQUEST_DAYS = 7
/** How long an approval may be used. */
export const APPROVAL_HOURS = 24
/** Requests of one application that wait. */
export const OPEN_REQUEST_LIMIT = 30

const Id = z.string().regex(/^\w{1,64}$/, 'This is not an id.')

export const ApprovalInput = z.object({ requestId: Id })
export type ApprovalInput = z.infer<typeof ApprovalInput>

export const SetFourEyesInput = z.object({ applicationId: Id, on: z.enum(['on', 'off']) })
export type SetFourEyesInput = z.infer<typeof SetFourEyesInput>

/** One exact act: an approval of it is good for no other. */
export type Act = {
  applicationId: string
  environment: Environment
  permission: ApplicationAction
  /** What exactly, as the second member reads it: `overlap 7d`, a fingerprint. Never a secret. */
  subject: string
}

/** `approved`: the person who asked can do it now, once. */
export const APPROVAL_STATES = ['waiting', 'approved'] as const
export type ApprovalState = (typeof APPROVAL_STATES)[number]

/** What asks for approval, in words. */
export const ACT_WORDS: Partial<Record<ApplicationAction, string>> = {
  'credentials.make': 'Make a secret',
  'credentials.rotate': 'Rotate the secrets, or put off the end of one',
  'keys.rotate': 'Rotate the application key, or put off its end',
  'public-keys.add': 'Add public keys, or let present ones end',
  'certificates.submit': 'Submit a certificate, move one, or change mutual TLS',
  'four-eyes.change': 'The rule of the second member',
}

export type ApprovalRequest = {
  id: string
  environment: Environment
  permission: ApplicationAction
  subject: string
  state: ApprovalState
  requestedBy: string
  /** Asked by the person who looks, who therefore cannot approve it. */
  isYours: boolean
  approvedBy: string | null
  createdAt: Date
  /** Of the request while it waits, of the approval afterwards. */
  expiresAt: Date
}
