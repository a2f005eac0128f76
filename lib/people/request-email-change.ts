import { requirePerson, requireStepUp } from '@/lib/access/require'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { notFound } from '@/lib/core/errors'
import { newOpaqueToken } from '@/lib/core/secrets'
import { addMs, DAY } from '@/lib/core/time'
import { limitAddress, PER_ADDRESS } from './limit-attempts'
import { notifyOfSecurity } from './notify-person'
import type { EmailInput } from './schema'
import { linkTo } from './send-confirmation-link'
import { sendMail } from './send-mail'
import { findPerson, findPersonByEmail, insertMailLink } from './store'

/**
 * Mails a link to the new address, which counts once that link is opened, and a notice to the present one. An address that
 * somebody else has gets another mail; the answer is the same.
 */
export async function requestEmailChange(ctx: Context, input: EmailInput): Promise<{ email: string }> {
  const { actor } = requirePerson(ctx)
  requireStepUp(ctx)
  await limitAddress(ctx, 'change-email', PER_ADDRESS.mail)
  const person = await findPerson(ctx.db, actor.personId)
  if (!person) throw notFound('person is gone')
  const holder = await findPersonByEmail(ctx.db, input.email)
  const token = newOpaqueToken()
  await ctx.db.transaction(async (tx) => {
    await notifyOfSecurity(tx, ctx, person, 'email-change-notice', { email: input.email })
    if (holder && holder.id !== person.id) {
      await sendMail(tx, holder, 'email-wanted')
    } else {
      await insertMailLink(tx, {
        token,
        personId: person.id,
        purpose: 'change-email',
        email: input.email,
        expiresAt: addMs(ctx.now, DAY),
        now: ctx.now,
      })
      await sendMail(tx, { ...person, email: input.email }, 'change-email', { link: linkTo('/confirm-email', token) })
    }
    await recordEvent(tx, ctx, { action: 'email.change-requested', personId: person.id, subjectId: person.id })
  })
  return { email: input.email }
}
