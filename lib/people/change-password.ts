import { eq } from 'drizzle-orm'
import { people } from '@/db/schema/people'
import { requirePerson, requireStepUp } from '@/lib/access/require'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { DomainError, notFound } from '@/lib/core/errors'
import { attemptKey, beginAttempt, forgetAttempts } from './limit-attempts'
import { notifyOfSecurity } from './notify-person'
import { hashPassword, requireFitPassword, verifyPassword } from './password'
import { recordRefusal } from './record-refusal'
import type { ChangePasswordInput } from './schema'
import { endBegun, findPasswordHash, findPerson, revokeSessions } from './store'

/**
 * Needs step-up and the present password; every other session ends.
 * @throws DomainError `password-wrong`, `method-locked`, `password-common`, `password-personal`
 */
export async function changePassword(ctx: Context, input: ChangePasswordInput): Promise<void> {
  const { actor } = requirePerson(ctx)
  requireStepUp(ctx)
  const person = await findPerson(ctx.db, actor.personId)
  if (!person) throw notFound('person is gone')
  requireFitPassword(input.password, person)
  const refusal = { action: 'password.change-refused', personId: person.id, data: {} }
  const attempt = await beginAttempt(ctx, attemptKey(person.id, 'change-password', actor.sessionId), refusal)
  if (!(await verifyPassword(await findPasswordHash(ctx.db, person.id), input.currentPassword))) {
    await recordRefusal(ctx, { ...refusal, data: { failures: attempt.failures } })
    throw new DomainError('invalid', 'password-wrong', 'That is not your present password.', {
      field: 'currentPassword',
    })
  }
  await forgetAttempts(ctx.db, attempt.key)
  const passwordHash = await hashPassword(input.password)
  await ctx.db.transaction(async (tx) => {
    await tx.update(people).set({ passwordHash }).where(eq(people.id, person.id))
    await revokeSessions(tx, { personId: person.id, except: actor.sessionId, now: ctx.now })
    await endBegun(tx, person.id, ctx.now)
    await notifyOfSecurity(tx, ctx, person, 'password-changed')
    await recordEvent(tx, ctx, { action: 'password.changed', personId: person.id, subjectId: person.id })
  })
}
