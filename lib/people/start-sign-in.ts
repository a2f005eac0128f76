import { signInAttempts } from '@/db/schema/people'
import type { Context } from '@/lib/context/context'
import { forbidden } from '@/lib/core/errors'
import { newOpaqueToken, sha256 } from '@/lib/core/secrets'
import { addMs, MINUTE } from '@/lib/core/time'
import { credentialsWrong } from './errors'
import { attemptKey, beginAttempt, forgetAttempts, forgiveAddress, limitAddress, PER_ADDRESS } from './limit-attempts'
import { listFactorMethods } from './list-factors'
import { verifyPassword } from './password'
import { recordRefusal } from './record-refusal'
import type { FactorMethod } from './schema'
import { resendConfirmationLink } from './send-confirmation-link'
import { sendOneTimeCode, sendSmsCode } from './send-one-time-code'
import { findDevice, findPersonByEmail } from './store'

const ATTEMPT_MS = 10 * MINUTE

export type StartedSignIn = {
  /** For the browser's cookie: what it must hold when it brings the second factor. */
  attemptToken: string
  methods: FactorMethod[]
}

/**
 * The first factor. Whether the address is unknown, the password wrong or the person disabled, the answer, the time it
 * takes and what is counted are the same.
 * @throws DomainError `credentials-wrong`, `credentials-wrong-last-try`, `method-locked`, `email-unconfirmed`
 */
export async function startSignIn(
  ctx: Context,
  input: { email: string; password: string; returnTo: string | null; deviceToken: string | null },
): Promise<StartedSignIn> {
  await limitAddress(ctx, 'sign-in', PER_ADDRESS.signIn)
  const person = await findPersonByEmail(ctx.db, input.email)
  // Looked for also where there is nobody: it takes as long.
  const device = await findDevice(ctx.db, person?.id ?? '', input.deviceToken)
  const key = person
    ? attemptKey(person.id, 'password', device)
    : attemptKey(sha256(input.email.toLowerCase()).toString('hex'), 'password', null)
  const refusal = { action: 'sign-in.refused', personId: person?.id ?? null, data: { factor: 'password' } }
  const attempt = await beginAttempt(ctx, key, refusal)

  const fits = await verifyPassword(person?.passwordHash ?? null, input.password)
  if (!person || !fits || person.disabledAt) {
    const detail = !person ? 'unknown address' : !fits ? 'wrong password' : 'disabled'
    await recordRefusal(ctx, { ...refusal, data: { ...refusal.data, failures: attempt.failures } })
    throw credentialsWrong(detail, attempt.lastTry)
  }
  await forgetAttempts(ctx.db, key)
  await forgiveAddress(ctx, 'sign-in')
  if (!person.emailConfirmedAt) {
    await resendConfirmationLink(ctx, person)
    throw forbidden('email-unconfirmed', 'Confirm your address first: we have sent you the link once more.')
  }

  const attemptToken = newOpaqueToken()
  await ctx.db.insert(signInAttempts).values({
    tokenHash: sha256(attemptToken),
    personId: person.id,
    firstFactorAt: ctx.now,
    returnTo: input.returnTo,
    expiresAt: addMs(ctx.now, ATTEMPT_MS),
  })
  const methods = await listFactorMethods(ctx.db, person, ctx.now)
  if (methods[0] === 'mail-code') await sendFirstCode(sendOneTimeCode(ctx, person, 'sign-in'))
  if (methods[0] === 'sms-code') await sendFirstCode(sendSmsCode(ctx, person, 'sign-in'))
  return { attemptToken, methods }
}

/** A code sent a moment ago is still good: signing in again at once is not an error. */
async function sendFirstCode(sent: Promise<void>): Promise<void> {
  try {
    await sent
  } catch (error) {
    if (!(error instanceof Error && 'reason' in error && error.reason === 'too-many-requests')) throw error
  }
}
