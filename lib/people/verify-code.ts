import { and, desc, eq, gt, inArray, isNull, lt, sql } from 'drizzle-orm'
import { TOTP } from 'otpauth'
import { oneTimeCodes, recoveryCodes, totpFactors } from '@/db/schema/people'
import type { Context } from '@/lib/context/context'
import { macFits, open } from '@/lib/core/seal'
import { env } from '@/lib/env/env'
import { hashesOfRecoveryCode } from './recovery-code'
import type { CodeMethod } from './schema'
import type { CodePurpose } from './send-one-time-code'
import type { Person } from './store'

const TRIES_PER_CODE = 5
export const TOTP_PERIOD_SECONDS = 30
/** A code of the period before or after is accepted too: phones' clocks are off. */
const TOTP_WINDOW = 1

/**
 * Uses up a code and tells what it proves (`otp_…`, `mail-code`, `sms-code`, `recovery-code`), or null when it is wrong, expired or
 * used before. Each use is one conditional statement: of two at once, one gets null. Not to be called in a transaction
 * that may roll back, or a wrong try would not count.
 */
export async function verifyCode(
  ctx: Context,
  person: Person,
  input: { method: CodeMethod; code: string; purpose: 'sign-in' | 'step-up' },
): Promise<string | null> {
  switch (input.method) {
    case 'totp':
      return verifyTotp(ctx, person, input.code)
    case 'mail-code':
      return (await verifyOneTimeCode(ctx, person, input)) ? 'mail-code' : null
    case 'sms-code':
      return (await verifyOneTimeCode(ctx, person, { ...input, purpose: `${input.purpose}-sms` })) ? 'sms-code' : null
    case 'recovery-code':
      return (await verifyRecoveryCode(ctx, person, input.code)) ? 'recovery-code' : null
  }
}

/** RFC 6238 §5.2: the verifier must not accept the second attempt of an OTP after the first one has succeeded. */
async function verifyTotp(ctx: Context, person: Person, code: string): Promise<string | null> {
  const [factor] = await ctx.db
    .select({ id: totpFactors.id, secretSealed: totpFactors.secretSealed })
    .from(totpFactors)
    .where(
      and(
        eq(totpFactors.personId, person.id),
        isNull(totpFactors.removedAt),
        sql`${totpFactors.confirmedAt} is not null`,
      ),
    )
  if (!factor) return null
  const step = findTotpStep(factor, code, ctx.now)
  return step !== null && (await acceptTotpStep(ctx, factor.id, step)) ? factor.id : null
}

export function findTotpStep(factor: { id: string; secretSealed: Buffer }, code: string, now: Date): number | null {
  const secret = open(env().secretKeys, 'totp-secret', factor.secretSealed, factor.id)
  if (secret === null || !/^\d{6}$/.test(code)) return null
  const totp = new TOTP({ secret, digits: 6, period: TOTP_PERIOD_SECONDS })
  const delta = totp.validate({ token: code, timestamp: now.getTime(), window: TOTP_WINDOW })
  return delta === null ? null : Math.floor(now.getTime() / 1000 / TOTP_PERIOD_SECONDS) + delta
}

export async function acceptTotpStep(ctx: Context, totpId: string, step: number): Promise<boolean> {
  const rows = await ctx.db
    .update(totpFactors)
    .set({ lastStep: step })
    .where(and(eq(totpFactors.id, totpId), isNull(totpFactors.removedAt), lt(totpFactors.lastStep, step)))
    .returning({ id: totpFactors.id })
  return rows.length === 1
}

/** Uses up the code that was sent last for this purpose. */
export async function verifyOneTimeCode(
  ctx: Context,
  person: Person,
  input: { code: string; purpose: CodePurpose },
): Promise<boolean> {
  const live = and(isNull(oneTimeCodes.consumedAt), gt(oneTimeCodes.expiresAt, ctx.now))
  const [latest] = await ctx.db
    .select({ id: oneTimeCodes.id })
    .from(oneTimeCodes)
    .where(and(eq(oneTimeCodes.personId, person.id), eq(oneTimeCodes.purpose, input.purpose), live))
    .orderBy(desc(oneTimeCodes.createdAt))
    .limit(1)
  if (!latest) return false
  const [tried] = await ctx.db
    .update(oneTimeCodes)
    .set({ tries: sql`${oneTimeCodes.tries} + 1` })
    .where(and(eq(oneTimeCodes.id, latest.id), live, lt(oneTimeCodes.tries, TRIES_PER_CODE)))
    .returning({ codeMac: oneTimeCodes.codeMac })
  if (!tried) return false
  const keyId = tried.codeMac.subarray(0, 4).toString('hex')
  if (!macFits(env().secretKeys, 'one-time-code', `${latest.id}:${input.code}`, keyId, tried.codeMac.subarray(4))) {
    return false
  }
  const used = await ctx.db
    .update(oneTimeCodes)
    .set({ consumedAt: ctx.now })
    .where(and(eq(oneTimeCodes.id, latest.id), live))
    .returning({ id: oneTimeCodes.id })
  return used.length === 1
}

async function verifyRecoveryCode(ctx: Context, person: Person, code: string): Promise<boolean> {
  const used = await ctx.db
    .update(recoveryCodes)
    .set({ usedAt: ctx.now })
    .where(
      and(
        eq(recoveryCodes.personId, person.id),
        isNull(recoveryCodes.usedAt),
        inArray(recoveryCodes.codeHash, hashesOfRecoveryCode(person.id, code)),
      ),
    )
    .returning({ personId: recoveryCodes.personId })
  return used.length === 1
}
