import { and, eq, isNotNull, isNull } from 'drizzle-orm'
import { people, phoneNumbers } from '@/db/schema/people'
import { requirePerson, requireStepUp } from '@/lib/access/require'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { conflict, forbidden, notFound } from '@/lib/core/errors'
import { newId } from '@/lib/core/ids'
import { codeWrong, lastFactor } from './errors'
import { attemptKey, beginAttempt, forgetAttempts } from './limit-attempts'
import { listFactorMethods } from './list-factors'
import { notifyOfSecurity } from './notify-person'
import { findPhone, isSmsOn } from './phone'
import { recordRefusal } from './record-refusal'
import type { AddPhoneInput, ConfirmPhoneInput, NoInput } from './schema'
import { endCodes, sendPhoneCode } from './send-one-time-code'
import { findPerson } from './store'
import { verifyOneTimeCode } from './verify-code'

export type StartedPhone = { phoneId: string; number: string }

/**
 * A number that counts once the code sent to it has come back. Needs step-up: with a factor that the person had before.
 * @throws DomainError `sms-off`, `phone-exists`, `too-many-requests`
 */
export async function addPhone(ctx: Context, input: AddPhoneInput): Promise<StartedPhone> {
  const { actor } = requirePerson(ctx)
  requireStepUp(ctx)
  if (!isSmsOn()) throw forbidden('sms-off', 'Text messages are not sent here. Use a passkey or an authenticator app.')
  const person = await findPerson(ctx.db, actor.personId)
  if (!person) throw notFound('person is gone')
  const phoneId = newId('phone')
  await ctx.db.transaction(async (tx) => {
    if (await findPhone(tx, person.id)) throw phoneExists()
    await tx.delete(phoneNumbers).where(and(eq(phoneNumbers.personId, person.id), isNull(phoneNumbers.confirmedAt)))
    await tx.insert(phoneNumbers).values({ id: phoneId, personId: person.id, number: input.phone, createdAt: ctx.now })
    await sendPhoneCode(tx, ctx, person, { number: input.phone, purpose: `confirm-phone:${phoneId}` })
  })
  return { phoneId, number: input.phone }
}

/** @throws DomainError `code-wrong`, `method-locked`, `phone-exists` */
export async function confirmPhone(ctx: Context, input: ConfirmPhoneInput): Promise<void> {
  const { actor } = requirePerson(ctx)
  requireStepUp(ctx)
  const person = await findPerson(ctx.db, actor.personId)
  if (!person) throw notFound('person is gone')
  const refusal = { action: 'phone.add-refused', personId: person.id, data: {} }
  const attempt = await beginAttempt(ctx, attemptKey(person.id, 'confirm-phone', actor.sessionId), refusal)
  // The purpose names the number: a code that was sent to another one confirms nothing.
  const purpose = `confirm-phone:${input.phoneId}` as const
  if (!(await verifyOneTimeCode(ctx, person, { purpose, code: input.code }))) {
    await recordRefusal(ctx, { ...refusal, data: { failures: attempt.failures } })
    throw codeWrong('wrong, expired or of another number', attempt.lastTry)
  }
  await forgetAttempts(ctx.db, attempt.key)
  await ctx.db.transaction(async (tx) => {
    // Two confirmations at once: one at a time per person, and the second finds the number there.
    await tx.select({ id: people.id }).from(people).where(eq(people.id, person.id)).for('update')
    if (await findPhone(tx, person.id)) throw phoneExists()
    const confirmed = await tx
      .update(phoneNumbers)
      .set({ confirmedAt: ctx.now })
      .where(
        and(
          eq(phoneNumbers.id, input.phoneId),
          eq(phoneNumbers.personId, person.id),
          isNull(phoneNumbers.confirmedAt),
          isNull(phoneNumbers.removedAt),
        ),
      )
      .returning({ id: phoneNumbers.id })
    if (confirmed.length === 0) throw notFound('no such number that waits')
    await notifyOfSecurity(tx, ctx, person, 'phone-added')
    await recordEvent(tx, ctx, { action: 'phone.added', personId: person.id, subjectId: input.phoneId })
  })
}

/** Needs step-up; a person's only way to prove themselves stays. @throws DomainError `last-factor` */
export async function removePhone(ctx: Context, _input: NoInput): Promise<void> {
  const { actor } = requirePerson(ctx)
  requireStepUp(ctx)
  const person = await findPerson(ctx.db, actor.personId)
  if (!person) throw notFound('person is gone')
  await ctx.db.transaction(async (tx) => {
    // With `removeAuthenticator`: of two removals at once, one sees what the other has left.
    await tx.select({ id: people.id }).from(people).where(eq(people.id, person.id)).for('update')
    // Told first: the number that goes is one of the channels.
    await notifyOfSecurity(tx, ctx, person, 'phone-removed')
    const [removed] = await tx
      .update(phoneNumbers)
      .set({ removedAt: ctx.now })
      .where(
        and(eq(phoneNumbers.personId, person.id), isNotNull(phoneNumbers.confirmedAt), isNull(phoneNumbers.removedAt)),
      )
      .returning({ id: phoneNumbers.id })
    if (!removed) throw notFound('no number of this person')
    const left = await listFactorMethods(tx, person, ctx.now)
    if (!left.some((method) => method !== 'recovery-code')) throw lastFactor()
    await endCodes(tx, ctx, person.id, ['sign-in-sms', 'step-up-sms'])
    await recordEvent(tx, ctx, { action: 'phone.removed', personId: person.id, subjectId: removed.id })
  })
}

function phoneExists() {
  return conflict('phone-exists', 'You have a phone number already. Remove it before you add another.')
}
