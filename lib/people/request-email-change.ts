import { requirePerson, requireStepUp } from '@/lib/access/require'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { notFound } from '@/lib/core/errors'
import { newOpaqueToken } from '@/lib/core/secrets'
import { addMs, DAY } from '@/lib/core/time'
import { limitAddress, limitPerson, PER_ADDRESS, PER_PERSON, takeMailTurn } from './limit-attempts'
import { notifyOfSecurity } from './notify-person'
import type { EmailInput } from './schema'
import { enqueueRequestedMail } from './send-requested-mail'
import { findPerson, insertMailLink } from './store'

/**
 * Mails a link to the new address, which counts once that link is opened, and a notice to the present one. An address that
 * somebody else has gets another mail; the answer and its time are the same.
 */
export async function requestEmailChange(ctx: Context, input: EmailInput): Promise<{ email: string }> {
  const { actor } = requirePerson(ctx)
  requireStepUp(ctx)
  await limitAddress(ctx, 'change-email', PER_ADDRESS.mail)
  await limitPerson(ctx, 'change-email', actor.personId, PER_PERSON.changeEmail)
  const person = await findPerson(ctx.db, actor.personId)
  if (!person) throw notFound('person is gone')
  const token = newOpaqueToken()
  await ctx.db.transaction(async (tx) => {
    if (!(await takeMailTurn(tx, ctx, 'change-email', input.email))) return
    await notifyOfSecurity(tx, ctx, person, 'email-change-notice', { email: input.email })
    // Made whoever has the address, and mailed only where nobody else has it.
    await insertMailLink(tx, {
      token,
      personId: person.id,
      purpose: 'change-email',
      email: input.email,
      expiresAt: addMs(ctx.now, DAY),
      now: ctx.now,
    })
    await enqueueRequestedMail(tx, ctx, { kind: 'change-email', email: input.email, personId: person.id, token })
    await recordEvent(tx, ctx, { action: 'email.change-requested', personId: person.id, subjectId: person.id })
  })
  return { email: input.email }
}
