import { randomInt } from 'node:crypto'
import { and, eq, gt, inArray, isNull, sql } from 'drizzle-orm'
import type { Transaction } from '@/db/client'
import { oneTimeCodes } from '@/db/schema/people'
import type { Context } from '@/lib/context/context'
import { mac } from '@/lib/core/seal'
import { newHexToken } from '@/lib/core/secrets'
import { addMs, HOUR, MINUTE, SECOND } from '@/lib/core/time'
import { env } from '@/lib/env/env'
import { methodNotOffered, tooManyRequests } from './errors'
import { limitPerson, PER_PERSON, readPause, takeTurn } from './limit-attempts'
import { findPhone, isSmsOn } from './phone'
import { sendMail } from './send-mail'
import { sendSms } from './send-sms'
import type { Person } from './store'

const CODE_MS = 10 * MINUTE
/** Between two codes, so that nobody's mailbox is flooded from a sign-in page. */
const PAUSE_MS = 20 * SECOND

/** What a code is good for, and by which way it came: none counts as one that came by another. */
export type CodePurpose = 'sign-in' | 'step-up' | 'sign-in-sms' | 'step-up-sms' | `confirm-phone:${string}`

/** To one number in an hour; counted apart for numbers that are only being confirmed, so that no stranger uses it up. */
const PER_NUMBER = { count: 5, windowSeconds: HOUR / SECOND, pauseSeconds: PAUSE_MS / SECOND }

/**
 * Mails a code of six digits; earlier ones of the same purpose are dead from now on.
 * @throws DomainError `too-many-requests` within 20 seconds of the last one
 */
export async function sendOneTimeCode(ctx: Context, person: Person, purpose: 'sign-in' | 'step-up'): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const code = await makeCode(tx, ctx, person, purpose)
    await sendMail(tx, person, 'one-time-code', { code })
  })
}

/** The same to the person's phone. @throws DomainError `method-not-offered`, `too-many-requests` */
export async function sendSmsCode(ctx: Context, person: Person, purpose: 'sign-in' | 'step-up'): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const phone = await findPhone(tx, person.id)
    if (!phone || !isSmsOn()) throw methodNotOffered()
    await sendPhoneCode(tx, ctx, person, { number: phone.number, purpose: `${purpose}-sms` })
  })
}

/** @throws DomainError `too-many-requests`: by the person's pause and count, and by the number's */
export async function sendPhoneCode(
  tx: Transaction,
  ctx: Context,
  person: Person,
  to: { number: string; purpose: Exclude<CodePurpose, 'sign-in' | 'step-up'> },
): Promise<void> {
  const kind = to.purpose.startsWith('confirm-phone:') ? 'sms-confirm' : 'sms-code'
  if (!(await takeTurn(tx, ctx, kind, to.number, PER_NUMBER)))
    throw tooManyRequests(await readPause(tx, ctx, kind, to.number))
  await limitPerson({ ...ctx, db: tx }, kind, person.id, PER_PERSON.sms)
  const code = await makeCode(tx, ctx, person, to.purpose)
  await sendSms(tx, { number: to.number, locale: person.locale }, kind === 'sms-confirm' ? 'confirm' : 'code', { code })
}

/** Codes that are not to be used any more. */
export async function endCodes(
  tx: Transaction,
  ctx: Context,
  personId: string,
  purposes: CodePurpose[],
): Promise<void> {
  await tx
    .update(oneTimeCodes)
    .set({ consumedAt: ctx.now })
    .where(
      and(
        eq(oneTimeCodes.personId, personId),
        inArray(oneTimeCodes.purpose, purposes),
        isNull(oneTimeCodes.consumedAt),
      ),
    )
}

/** Stored as a keyed MAC, because six digits have far too few bits for a plain hash. */
async function makeCode(tx: Transaction, ctx: Context, person: Person, purpose: CodePurpose): Promise<string> {
  const code = String(randomInt(0, 1_000_000)).padStart(6, '0')
  const id = `code_${newHexToken()}`
  const { keyId, mac: codeMac } = mac(env().secretKeys, 'one-time-code', `${id}:${code}`)
  // Two requests at once would both see no recent code: one at a time per person.
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`code:${person.id}:${purpose}`}, 0))`)
  const own = and(eq(oneTimeCodes.personId, person.id), eq(oneTimeCodes.purpose, purpose))
  const recent = await tx
    .select({ id: oneTimeCodes.id })
    .from(oneTimeCodes)
    .where(and(own, isNull(oneTimeCodes.consumedAt), gt(oneTimeCodes.createdAt, addMs(ctx.now, -PAUSE_MS))))
  if (recent.length > 0) throw tooManyRequests(PAUSE_MS / SECOND)
  await tx
    .update(oneTimeCodes)
    .set({ consumedAt: ctx.now })
    .where(and(own, isNull(oneTimeCodes.consumedAt)))
  await tx.insert(oneTimeCodes).values({
    id,
    personId: person.id,
    purpose,
    codeMac: Buffer.concat([Buffer.from(keyId, 'hex'), codeMac]),
    expiresAt: addMs(ctx.now, CODE_MS),
    createdAt: ctx.now,
  })
  return code
}
