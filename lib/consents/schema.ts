import { z } from 'zod'
import type { Environment } from '@/lib/core/secrets'

/** Days after the last SCA in which a consent counts. */
export const CONSENT_DAYS = 180

export const CONSENT_STATUSES = ['GRANTED', 'EXPIRED', 'REVOKED'] as const
export type ConsentStatus = (typeof CONSENT_STATUSES)[number]

export const REVOKED_REASONS = ['withdrawn', 'replaced', 'expired', 'left', 'phishing'] as const
/**
 * Why a consent has ended: somebody withdrew it; the person allowed less than before, or allowed anew what had run out, and
 * has another one; the person left the Customer; the person was deceived.
 */
export type RevokedReason = (typeof REVOKED_REASONS)[number]

export type GiveConsentInput = {
  personId: string
  customerId: string
  applicationId: string
  environment: Environment
  /** What the person allowed. */
  scopes: readonly string[]
  /** What the person was asked for and denied: a consent that holds any of it ends. */
  deniedScopes?: readonly string[]
  /** RFC 9396; null where none were asked for. */
  authorizationDetails: Record<string, unknown>[] | null
  /** Of the SCA that this act rests on. */
  authTime: Date
  amr: string[]
}

export const ConsentRef = z.object({ consentId: z.string().max(64) })
export type ConsentRef = z.infer<typeof ConsentRef>
