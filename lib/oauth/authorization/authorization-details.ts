import { z } from 'zod'
import { isIban } from '@/lib/core/iban'
import { isPlainLine } from '@/lib/core/plain-line'

const LENGTH_MAX = 4096
const COUNT_MAX = 5

const Line = (max: number) => z.string().trim().min(1).max(max).refine(isPlainLine)

/** Integer minor units, as everywhere here; or the decimal text of RFC 9396 §2. */
const Amount = z
  .union([
    z.int().positive().max(Number.MAX_SAFE_INTEGER),
    z
      .string()
      .regex(/^(?:0|[1-9]\d{0,11})(?:\.\d{1,3})?$/)
      .refine((text) => /[1-9]/.test(text)),
  ])
  .describe('instructedAmount.amount')

const Currency = z
  .string()
  .refine((code) => /^[A-Z]{3}$/.test(code) && Intl.supportedValuesOf('currency').includes(code))

/** One payment, with the member names of RFC 9396 §2. Other members are refused, as RFC 9396 §5 demands. */
export const PaymentInitiation = z.strictObject({
  type: z.literal('payment_initiation'),
  actions: z
    .array(z.enum(['initiate', 'status', 'cancel']))
    .max(3)
    .optional(),
  locations: z.array(z.url().max(500)).max(3).optional(),
  instructedAmount: z
    .strictObject({ amount: Amount, currency: Currency })
    .refine(({ amount, currency }) => typeof amount === 'number' || decimalsOf(amount) <= digitsOf(currency)),
  creditorName: Line(140),
  creditorAccount: z.strictObject({ iban: z.string().refine(isIban) }),
  remittanceInformationUnstructured: Line(140).optional(),
})
export type PaymentInitiation = z.infer<typeof PaymentInitiation>

/** RFC 9396 §10: the types that metadata may advertise. */
export const AUTHORIZATION_DETAILS_TYPES = ['payment_initiation'] as const

/** The details of a parameter's text, or what is wrong with it (RFC 9396 §5). */
export function parseAuthorizationDetails(text: string): { ok: PaymentInitiation[] } | { fault: string } {
  if (text.length > LENGTH_MAX) return { fault: 'authorization_details is too long' }
  const parsed = z.array(PaymentInitiation).min(1).max(COUNT_MAX).safeParse(readJson(text))
  if (parsed.success) return { ok: parsed.data }
  const path = parsed.error.issues[0]?.path.map(String).join('.')
  return { fault: `authorization_details${path ? ` at ${path}` : ''} is not a payment_initiation as it should be` }
}

/** A payment as an account owner reads it: what, to whom, and where; `amount` in integer minor units. */
export type DescribedPayment = {
  amount: number
  currency: string
  creditorName: string
  iban: string
  remittance: string | null
}

export function describePayment(details: PaymentInitiation): DescribedPayment {
  const { amount, currency } = details.instructedAmount
  return {
    amount: typeof amount === 'number' ? amount : toMinor(amount, currency),
    currency,
    creditorName: details.creditorName,
    iban: details.creditorAccount.iban,
    remittance: details.remittanceInformationUnstructured ?? null,
  }
}

/** Of two members of one name the last counts; what is shown, stored and granted is this value, never the text. */
function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // no array: the schema refuses it
  }
}

function toMinor(text: string, currency: string): number {
  const [whole = '', fraction = ''] = text.split('.')
  return Number(whole + fraction.padEnd(digitsOf(currency), '0'))
}

function decimalsOf(text: string): number {
  return text.split('.')[1]?.length ?? 0
}

/** Decimals of a currency: 2 of the euro, none of the yen. */
function digitsOf(currency: string): number {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
}
