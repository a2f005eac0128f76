import { randomInt } from 'node:crypto'
import { and, eq, gt, isNull, sql } from 'drizzle-orm'
import { oneTimeCodes } from '@/db/schema/people'
import type { Context } from '@/lib/context/context'
import { mac } from '@/lib/core/seal'
import { newHexToken } from '@/lib/core/secrets'
import { addMs, MINUTE, SECOND } from '@/lib/core/time'
import { env } from '@/lib/env/env'
import { tooManyRequests } from './errors'
import { sendMail } from './send-mail'
import type { Person } from './store'

const CODE_MS = 10 * MINUTE
/** Between two codes, so that nobody's mailbox is flooded from a sign-in page. */
const PAUSE_MS = 20 * SECOND

export type CodePurpose = 'sign-in' | 'step-up'

/**
 * Mails a code of six digits; earlier ones of the same purpose are dead from now on. Stored as a keyed MAC, because six
 * digits have far too few bits for a plain hash.
 * @throws DomainError `too-many-requests` within 20 seconds of the last one
 */
export async function sendOneTimeCode(ctx: Context, person: Person, purpose: CodePurpose): Promise<void> {
  const code = String(randomInt(0, 1_000_000)).padStart(6, '0')
  const id = `code_${newHexToken()}`
  const { keyId, mac: codeMac } = mac(env().secretKeys, 'one-time-code', `${id}:${code}`)
  await ctx.db.transaction(async (tx) => {
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
    await sendMail(tx, person, 'one-time-code', { code })
  })
}
