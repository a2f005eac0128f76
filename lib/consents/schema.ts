import { z } from 'zod'
import type { Environment } from '@/lib/core/secrets'

/** Days after the last SCA in which a consent counts. */
export const CONSENT_DAYS = 180

export const CONSENT_STATUSES = ['GRANTED', 'EXPIRED', 'REVOKED'] as const
export type ConsentStatus = (typeof CONSENT_STATUSES)[number]

export const REVOKED_REASONS = ['withdrawn', 'replaced', 'expired', 'left'] as const
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

/** Days before the end from which pages and mails say that a consent ends soon. */
export const CONSENT_NOTICE_DAYS = [14, 7, 1] as const

/** What an account owner sees of a consent that was given for one of their Customers. */
export type OwnedConsent = {
  id: string
  status: ConsentStatus
  environment: Environment
  application: { id: string; name: string; hasLogo: boolean; ownerName: string | null; isSuspended: boolean }
  customerName: string
  scopes: string[]
  /** RFC 9396: what was asked for last. */
  authorizationDetails: Record<string, unknown>[] | null
  giverName: string
  givenByYou: boolean
  grantedAt: Date
  renewedAt: Date | null
  expiresAt: Date
  revokedAt: Date | null
  revokedReason: RevokedReason | null
  lastUsedAt: Date | null
  /** Within the last 24 hours. */
  usesInDay: number
  /** The person gave it, or is an owner of the Customer. */
  canRevoke: boolean
  /** The person gave it and is still an owner; for one that is granted. */
  canRenew: boolean
}

/** What operators see on the command line: persons by their ids alone. */
export type ListedConsent = {
  id: string
  status: ConsentStatus
  environment: Environment
  personId: string
  customerId: string
  scopes: string[]
  grantedAt: Date
  expiresAt: Date
  revokedAt: Date | null
}

/** What an application's team sees: numbers alone. */
export type ConsentCounts = { granted: number; endingSoon: number; expired: number; revoked: number }

export type Page<Row> = { rows: Row[]; page: number; pageCount: number; total: number }

export const CONSENTS_PER_PAGE = 25
