import type { Database } from '@/db/client'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { open, seal } from '@/lib/core/seal'
import { newOpaqueToken } from '@/lib/core/secrets'
import { addMs, HOUR } from '@/lib/core/time'
import { env } from '@/lib/env/env'
import { enqueueJob, type JobData } from '@/lib/jobs/jobs'
import { linkTo, sendConfirmationLink } from './send-confirmation-link'
import { sendMail } from './send-mail'
import { findPerson, findPersonByEmail, insertMailLink } from './store'

/** A link for a new password. */
const RESET_MS = HOUR

export type RequestedMail = { kind: 'reset-password' | 'sign-up'; email: string } | NewAddressMail
type NewAddressMail = { kind: 'change-email'; email: string; personId: string; token: string }

/**
 * Leaves to a job which mail an address gets: whether somebody has it is looked up after the answer, which therefore takes as
 * long either way (ADR-0052).
 */
export async function enqueueRequestedMail(tx: Database, ctx: Context, mail: RequestedMail): Promise<void> {
  const { kind, email } = mail
  const { requestId, address } = ctx
  await enqueueJob(tx, 'requested-mail', {
    kind,
    email,
    personId: 'personId' in mail ? mail.personId : null,
    sealed: 'token' in mail ? seal(env().secretKeys, 'mail-token', mail.token, email).toString('base64') : null,
    requestId,
    address,
  })
}

/** Handler of the `requested-mail` queue; `ctx` acts for whoever asked. */
export async function sendRequestedMail(ctx: Context, job: JobData['requested-mail']): Promise<void> {
  if (job.kind === 'reset-password') return sendResetLink(ctx, job.email)
  if (job.kind === 'sign-up') return answerSignUp(ctx, job.email)
  return sendToNewAddress(ctx, job)
}

async function sendResetLink(ctx: Context, email: string): Promise<void> {
  const person = await findPersonByEmail(ctx.db, email)
  if (!person || person.disabledAt) return
  const token = newOpaqueToken()
  await ctx.db.transaction(async (tx) => {
    await insertMailLink(tx, {
      token,
      personId: person.id,
      purpose: 'reset-password',
      email: person.email,
      expiresAt: addMs(ctx.now, RESET_MS),
      now: ctx.now,
    })
    await sendMail(tx, person, 'reset-password', { link: linkTo('/reset-password', token) })
    await recordEvent(tx, ctx, { action: 'password.reset-requested', personId: person.id, subjectId: person.id })
  })
}

/** Somebody whose address is confirmed had it before: they are told that they need not sign up. */
async function answerSignUp(ctx: Context, email: string): Promise<void> {
  const person = await findPersonByEmail(ctx.db, email)
  if (!person) return
  if (!person.emailConfirmedAt) return sendConfirmationLink(ctx, person)
  await sendMail(ctx.db, person, 'already-registered', {
    signIn: new URL('/sign-in', env().publicUrl).href,
    recover: new URL('/recover', env().publicUrl).href,
  })
}

async function sendToNewAddress(ctx: Context, { email, personId, sealed }: JobData['requested-mail']): Promise<void> {
  const holder = await findPersonByEmail(ctx.db, email)
  if (holder && holder.id !== personId) return sendMail(ctx.db, holder, 'email-wanted')
  const person = personId === null ? null : await findPerson(ctx.db, personId)
  const token = sealed === null ? null : open(env().secretKeys, 'mail-token', Buffer.from(sealed, 'base64'), email)
  if (!person || token === null) return
  await sendMail(ctx.db, { ...person, email }, 'change-email', { link: linkTo('/confirm-email', token) })
}
