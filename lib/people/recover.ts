import { eq } from 'drizzle-orm'
import { people } from '@/db/schema/people'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { linkDead } from './errors'
import { limitAddress, PER_ADDRESS, takeMailTurn, unlockPassword } from './limit-attempts'
import { notifyOfSecurity } from './notify-person'
import { hashPassword, requireFitPassword } from './password'
import type { EmailInput, ResetPasswordInput } from './schema'
import { enqueueRequestedMail } from './send-requested-mail'
import { consumeMailLink, endBegun, findPerson, revokeSessions } from './store'

/** A link for a new password is mailed where somebody has the address; the answer and its time are the same where nobody has. */
export async function requestPasswordReset(ctx: Context, input: EmailInput): Promise<{ email: string }> {
  await limitAddress(ctx, 'recover', PER_ADDRESS.mail)
  await ctx.db.transaction(async (tx) => {
    if (!(await takeMailTurn(tx, ctx, 'reset-password', input.email))) return
    await enqueueRequestedMail(tx, ctx, { kind: 'reset-password', email: input.email })
  })
  return { email: input.email }
}

/**
 * Sets a new password by a mailed link. It ends every session and opens the locks on the password, but signs nobody in:
 * the second factor is asked for as ever.
 * @throws DomainError `link-dead`, `password-common`, `password-personal`
 */
export async function resetPassword(ctx: Context, input: ResetPasswordInput): Promise<void> {
  await limitAddress(ctx, 'recover', PER_ADDRESS.mail)
  const passwordHash = await hashPassword(input.password)
  await ctx.db.transaction(async (tx) => {
    const link = await consumeMailLink(tx, { token: input.token, purposes: ['reset-password'], now: ctx.now })
    const person = link && (await findPerson(tx, link.personId))
    if (!person || person.disabledAt) throw linkDead('unknown, used, expired, or person disabled')
    requireFitPassword(input.password, person) // throws: the link stays unused
    await tx
      .update(people)
      // Who opened the link reads this mailbox: that confirms the address as well.
      .set({ passwordHash, emailConfirmedAt: person.emailConfirmedAt ?? ctx.now })
      .where(eq(people.id, person.id))
    await revokeSessions(tx, { personId: person.id, except: null, now: ctx.now })
    await endBegun(tx, person.id, ctx.now)
    await unlockPassword(tx, person.id)
    await notifyOfSecurity(tx, ctx, person, 'password-changed')
    await recordEvent(tx, ctx, { action: 'password.reset', personId: person.id, subjectId: person.id })
  })
}
