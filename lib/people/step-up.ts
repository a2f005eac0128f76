import type { AuthenticationResponseJSON } from '@simplewebauthn/server'
import { and, eq, isNull } from 'drizzle-orm'
import { sessions } from '@/db/schema/people'
import { requirePerson } from '@/lib/access/require'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context, PersonActor } from '@/lib/context/context'
import { DomainError, notFound, orRefusal } from '@/lib/core/errors'
import { amrOfCode, amrOfPasskey } from './amr'
import { codeWrong, methodNotOffered, passkeyRefused } from './errors'
import { attemptKey, beginAttempt, forgetAttempts } from './limit-attempts'
import { listFactorMethods } from './list-factors'
import { verifyPassword } from './password'
import { recordRefusal } from './record-refusal'
import type { SendCodeInput, StepUpInput } from './schema'
import { sendOneTimeCode, sendSmsCode } from './send-one-time-code'
import { consumeChallenge, findPasswordHash, findPerson, type Person } from './store'
import { verifyCode } from './verify-code'
import { verifyPasskeyAssertion } from './verify-passkey'

/**
 * The person proves once more who they are, which opens sensitive acts for five minutes.
 * @throws DomainError `code-wrong`, `password-wrong`, `passkey-refused`, `method-locked`
 */
export async function stepUp(ctx: Context, input: StepUpInput): Promise<void> {
  const acting = requirePerson(ctx)
  const person = await findPerson(ctx.db, acting.actor.personId)
  if (!person) throw notFound('person is gone')
  const { provedBy, amr } = await prove(acting, person, input)
  await ctx.db.transaction(async (tx) => {
    const [session] = await tx
      .update(sessions)
      .set({ steppedUpAt: ctx.now, steppedUpAmr: amr, provedBy })
      .where(and(eq(sessions.id, acting.actor.sessionId), eq(sessions.personId, person.id), isNull(sessions.revokedAt)))
      .returning({ id: sessions.id })
    if (!session) throw notFound('session is gone')
    await recordEvent(tx, ctx, {
      action: 'step-up.succeeded',
      personId: person.id,
      subjectId: session.id,
      data: { factor: input.method },
    })
  })
}

type Proved = { provedBy: string; amr: string[] }

async function prove(ctx: Context<PersonActor>, person: Person, input: StepUpInput): Promise<Proved> {
  const refusal = { action: 'step-up.refused', personId: person.id, data: { factor: input.method } }
  if (input.method === 'passkey') {
    const proved = await provePasskey(ctx, input)
    if (!(proved instanceof Error)) return proved
    await recordRefusal(ctx, refusal)
    throw proved
  }
  const key = attemptKey(person.id, `step-up-${input.method}`, ctx.actor.sessionId)
  const attempt = await beginAttempt(ctx, key, refusal)
  const methods = await listFactorMethods(ctx.db, person, ctx.now)
  if (input.method === 'recovery-code' && !(await passwordFits(ctx, person, input.password))) {
    await recordRefusal(ctx, { ...refusal, data: { factor: 'password' } })
    throw new DomainError('invalid', 'password-wrong', 'That is not your present password.', { field: 'password' })
  }
  const provedBy = methods.includes(input.method)
    ? await verifyCode(ctx, person, { method: input.method, code: input.code, purpose: 'step-up' })
    : null
  if (provedBy === null) {
    await recordRefusal(ctx, refusal)
    throw codeWrong('wrong, expired, used or not offered', attempt.lastTry)
  }
  await forgetAttempts(ctx.db, attempt.key)
  return { provedBy, amr: amrOfCode(provedBy, { withPassword: input.method === 'recovery-code' }) }
}

async function provePasskey(
  ctx: Context<PersonActor>,
  input: Extract<StepUpInput, { method: 'passkey' }>,
): Promise<Proved | DomainError> {
  const { personId } = ctx.actor
  const challenge = await consumeChallenge(ctx.db, {
    id: input.challengeId,
    purpose: 'step-up',
    personId,
    now: ctx.now,
  })
  if (!challenge) return passkeyRefused('challenge unknown, used or expired')
  const response = input.response as unknown as AuthenticationResponseJSON
  const verified = await orRefusal(verifyPasskeyAssertion(ctx, { personId, response, challenge }))
  if (verified instanceof Error) return verified
  return { provedBy: verified.passkeyId, amr: amrOfPasskey(verified) }
}

async function passwordFits(ctx: Context, person: Person, password: string): Promise<boolean> {
  return verifyPassword(await findPasswordHash(ctx.db, person.id), password)
}

/** @throws DomainError `method-not-offered`, `too-many-requests` */
export async function sendStepUpCode(ctx: Context, { method }: SendCodeInput): Promise<void> {
  const { actor } = requirePerson(ctx)
  const person = await findPerson(ctx.db, actor.personId)
  if (!person) throw notFound('person is gone')
  const methods = await listFactorMethods(ctx.db, person, ctx.now)
  if (!methods.includes(method)) throw methodNotOffered()
  const send = method === 'sms-code' ? sendSmsCode : sendOneTimeCode
  await send(ctx, person, 'step-up')
}
