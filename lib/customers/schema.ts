import { z } from 'zod'
import { isPlainLine } from '@/lib/core/plain-line'
import type { Environment } from '@/lib/core/secrets'

export const CUSTOMER_KINDS = ['personal', 'business'] as const
export type CustomerKind = (typeof CUSTOMER_KINDS)[number]

export const ROLES = ['owner', 'viewer'] as const
export type Role = (typeof ROLES)[number]

export const CreateBusinessInput = z.object({
  name: z
    .string({ error: 'Enter the name of the business.' })
    .trim()
    .min(1, 'Enter the name of the business.')
    .max(80, 'Use 80 characters or fewer.')
    .refine(isPlainLine, 'Leave out line breaks and characters that cannot be seen.'),
})
export type CreateBusinessInput = z.infer<typeof CreateBusinessInput>

export const ActForInput = z.object({ customerId: z.string().regex(/^\w{1,64}$/, 'This is not an id.') })
export type ActForInput = z.infer<typeof ActForInput>

const Id = z.string().regex(/^\w{1,64}$/, 'This is not an id.')
export const CustomerRef = z.object({ customerId: Id })
export type CustomerRef = z.infer<typeof CustomerRef>
export const RemovePersonInput = z.object({ customerId: Id, personId: Id })
export type RemovePersonInput = z.infer<typeof RemovePersonInput>

/** Somebody who belongs to a Customer, as others of it see them. */
export type PersonOfCustomer = {
  personId: string
  name: string
  email: string
  role: Role
  since: Date
  isYou: boolean
}

/** Businesses that one person may create. */
export const BUSINESS_LIMIT = 20

/** Sandbox accounts of one Customer: more than any test needs. */
export const SANDBOX_ACCOUNT_LIMIT = 5

/** A Customer as one of its people sees it. */
export type CustomerOfPerson = { id: string; name: string; kind: CustomerKind; role: Role; nameVerified: boolean }

export type Account = {
  id: string
  customerId: string
  environment: Environment
  iban: string
  /** ISO 4217. */
  currency: string
  name: string
}
