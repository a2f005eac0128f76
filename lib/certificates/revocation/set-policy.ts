import { z } from 'zod'
import { requireOperator } from '@/lib/access/operator'
import { requireStepUp } from '@/lib/access/require'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import type { Environment } from '@/lib/core/secrets'
import { DAY, HOUR, MINUTE } from '@/lib/core/time'
import { POLICY_MODES, type RevocationPolicy } from './policy'
import * as store from './store'

const UNITS: Record<string, number> = { m: MINUTE, h: HOUR, d: DAY }
const LONGEST = 90 * DAY

export const SetRevocationPolicyInput = z.object({
  environment: z.enum(['sandbox', 'production']),
  mode: z.enum(POLICY_MODES),
  /** `90m`, `24h`, `7d`. */
  maxAge: z
    .string()
    .regex(/^[1-9]\d{0,5}[mhd]$/, 'is minutes, hours or days: 90m, 24h, 7d')
    .transform((text) => Number(text.slice(0, -1)) * (UNITS[text.slice(-1)] ?? 0))
    .refine((ms) => ms <= LONGEST, 'is 90 days at most'),
})
export type SetRevocationPolicyInput = z.infer<typeof SetRevocationPolicyInput>

/** Counts within a second on every replica. @throws DomainError `operator-required`, `step-up-required` */
export async function setRevocationPolicy(
  ctx: Context,
  { environment, mode, maxAge }: SetRevocationPolicyInput,
): Promise<RevocationPolicy> {
  requireOperator(ctx)
  requireStepUp(ctx)
  const policy: RevocationPolicy = { mode, maxAgeMs: maxAge }
  await ctx.db.transaction(async (tx) => {
    await store.savePolicy(tx, environment, policy, ctx.now)
    await store.bumpRevocation(tx, ctx.now)
    const data = { mode, maxAgeSeconds: maxAge / 1000 }
    await recordEvent(tx, ctx, { action: 'revocation.policy-set', environment, subjectId: environment, data })
  })
  return policy
}

export async function getRevocationPolicies(ctx: Context): Promise<Record<Environment, RevocationPolicy>> {
  requireOperator(ctx)
  return store.readPolicies(ctx.db)
}
