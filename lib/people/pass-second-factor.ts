import { and, eq, gt, isNull } from 'drizzle-orm'
import { signInAttempts } from '@/db/schema/people'
import type { Context } from '@/lib/context/context'
import { sha256 } from '@/lib/core/secrets'
import { amrOfCode } from './amr'
import { attemptOver, codeWrong } from './errors'
import { findSignIn } from './find-sign-in'
import { issueTicket } from './issue-ticket'
import { attemptKey, beginAttempt, forgetAttempts, forgiveAddress, limitAddress, PER_ADDRESS } from './limit-attempts'
import { recordRefusal } from './record-refusal'
import type { SecondFactorInput } from './schema'
import { findDevice } from './store'
import { verifyCode } from './verify-code'

export type FinishedSignIn = { ticket: string; returnTo: string | null }

/**
 * The second factor of a sign-in under way: uses up the code, then the attempt, and issues the ticket that becomes a
 * session. No session exists before.
 * @throws DomainError `sign-in-over`, `code-wrong`, `code-wrong-last-try`, `method-locked`
 */
export async function passSecondFactor(
  ctx: Context,
  input: SecondFactorInput & { attemptToken: string | null; deviceToken: string | null },
): Promise<FinishedSignIn> {
  await limitAddress(ctx, 'sign-in', PER_ADDRESS.signIn)
  const underWay = await findSignIn(ctx, input.attemptToken)
  if (!underWay || !input.attemptToken) throw attemptOver('no such attempt, or over')
  const { person } = underWay
  const tokenHash = sha256(input.attemptToken)
  const device = await findDevice(ctx.db, person.id, input.deviceToken)
  const refusal = { action: 'sign-in.refused', personId: person.id, data: { factor: input.method } }
  const attempt = await beginAttempt(ctx, attemptKey(person.id, input.method, device), refusal)

  const offered = underWay.methods.includes(input.method)
  const provedBy = offered
    ? await verifyCode(ctx, person, { method: input.method, code: input.code, purpose: 'sign-in' })
    : null
  if (provedBy === null) {
    await recordRefusal(ctx, { ...refusal, data: { ...refusal.data, failures: attempt.failures } })
    throw codeWrong(offered ? 'wrong, expired or used' : 'method not offered', attempt.lastTry)
  }
  await forgetAttempts(ctx.db, attempt.key)
  await forgiveAddress(ctx, 'sign-in')

  const ticket = await ctx.db.transaction(async (tx) => {
    const consumed = await tx
      .update(signInAttempts)
      .set({ consumedAt: ctx.now, secondFactor: provedBy })
      .where(
        and(
          eq(signInAttempts.tokenHash, tokenHash),
          isNull(signInAttempts.consumedAt),
          gt(signInAttempts.expiresAt, ctx.now),
        ),
      )
      .returning({ personId: signInAttempts.personId })
    if (consumed.length === 0) throw attemptOver('used by another request')
    const amr = amrOfCode(provedBy, { withPassword: true })
    return issueTicket(tx, ctx, { personId: person.id, amr, provedBy })
  })
  return { ticket, returnTo: underWay.returnTo }
}
