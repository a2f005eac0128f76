import { z } from 'zod'
import { isPlainLine } from '@/lib/core/plain-line'
import type { Environment } from '@/lib/core/secrets'
import type { DispositionStatus, EndReason } from '@/lib/dispositions/schema'

export type ConnectionStatus = DispositionStatus | 'REVOKED'

export const ACCOUNT_TYPES = ['personal', 'business'] as const
export type AccountType = (typeof ACCOUNT_TYPES)[number]

/** What a Connection lets an application do. Payments and charges need a Permission or an Authorization of their own. */
export const CONNECTION_ALLOWS = ['account.read', 'permission.request', 'authorization.request'] as const

/** Body of `POST /oa2/v1/connection`: contract.md, Family A. `require_result` is ADR-0020. Form bodies carry words. */
const Flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((word) => word === 'true')])

export const RequestConnectionInput = z.object({
  return_url: z.string().min(1).max(2000).optional(),
  reference: z.string().trim().max(140).refine(isPlainLine, 'holds a character that cannot be seen').optional(),
  account_type: z.enum(ACCOUNT_TYPES).optional(),
  confirm_number: Flag.default(false),
  require_result: Flag.default(false),
})
export type RequestConnectionInput = z.infer<typeof RequestConnectionInput>

export const StartSelfConnectionInput = z.object({
  applicationId: z.string().regex(/^\w{1,64}$/),
  environment: z.enum(['sandbox', 'production']).default('sandbox'),
  accountId: z.string({ error: 'Choose one of your accounts.' }).regex(/^\w{1,64}$/, 'Choose one of your accounts.'),
})
export type StartSelfConnectionInput = z.infer<typeof StartSelfConnectionInput>

export const ConnectionRef = z.object({ connectionId: z.string().max(64) })
export type ConnectionRef = z.infer<typeof ConnectionRef>

export const GrantConnectionInput = z.object({
  /** Application id or key. */
  applicationId: z.string().max(64),
  iban: z.string().max(64),
})
export type GrantConnectionInput = z.infer<typeof GrantConnectionInput>

/** What the application sees of a Connection. */
export type ApplicationConnection = {
  id: string
  status: ConnectionStatus
  reference: string | null
  accountType: AccountType | null
  returnUrl: string | null
  createdAt: Date
  expiresAt: Date | null
  grantedAt: Date | null
  revokedAt: Date | null
  importedBy: string | null
  number: number | null
  /** A later importer was turned away. */
  refusedImports: number
  endReason: EndReason | null
  connectionCode: string | null
}

export type RequestedConnection = ApplicationConnection & { deeplink: string }

/** What an account owner sees of a Connection that was granted for one of their Customers. */
export type OwnedConnection = {
  id: string
  status: 'GRANTED' | 'REVOKED'
  environment: Environment
  application: { id: string; name: string; hasLogo: boolean; ownerName: string | null; isSuspended: boolean }
  account: { name: string; ibanMasked: string; currency: string }
  customerName: string
  grantedAt: Date
  grantedByYou: boolean
  revokedAt: Date | null
  lastUsedAt: Date | null
  /** Within the last 24 hours. */
  usesInDay: number
  /** The person is an owner of the Customer, not a viewer. */
  canRevoke: boolean
}

/** What the Application Owner sees in the portal. */
export type ListedConnection = {
  id: string
  status: ConnectionStatus
  environment: Environment
  reference: string | null
  accountMasked: string | null
  isSelfConnection: boolean
  isByOperator: boolean
  createdAt: Date
  grantedAt: Date | null
  revokedAt: Date | null
  lastUsedAt: Date | null
  codeHint: string | null
}

export type Page<Row> = { rows: Row[]; page: number; pageCount: number; total: number }

export const CONNECTIONS_PER_PAGE = 25
