import { and, eq, isNull } from 'drizzle-orm'
import { Secret, TOTP } from 'otpauth'
import { totpFactors } from '@/db/schema/people'
import { requirePerson, requireStepUp } from '@/lib/access/require'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { conflict, notFound } from '@/lib/core/errors'
import { newId } from '@/lib/core/ids'
import { seal } from '@/lib/core/seal'
import { env } from '@/lib/env/env'
import { decideAcceptsFrom } from './accepts-from'
import { codeWrong } from './errors'
import { attemptKey, beginAttempt, forgetAttempts } from './limit-attempts'
import { notifyOfSecurity } from './notify-person'
import { recordRefusal } from './record-refusal'
import { removeAuthenticator } from './remove-authenticator'
import type { ConfirmTotpInput, NoInput } from './schema'
import { findPerson, listAuthenticators } from './store'
import { findTotpStep, TOTP_PERIOD_SECONDS } from './verify-code'

/** 160 bits, as RFC 4226 §4 recommends. */
const SECRET_BYTES = 20

export type StartedTotp = { totpId: string; secret: string; uri: string }

/** A secret for an authenticator app, which counts once a code made from it has come back. Needs step-up. */
export async function startTotp(ctx: Context, _input: NoInput): Promise<StartedTotp> {
  const person = requirePerson(ctx)
  requireStepUp(ctx)
  const { personId } = person.actor
  const owner = await findPerson(ctx.db, personId)
  if (!owner) throw notFound('person is gone')
  const id = newId('totp')
  const secret = new Secret({ size: SECRET_BYTES })
  const acceptsFrom = await decideAcceptsFrom(person)
  await ctx.db.transaction(async (tx) => {
    const live = await listAuthenticators(tx, personId, { removed: false })
    if (live.some((one) => one.kind === 'totp')) throw totpExists()
    await tx.delete(totpFactors).where(and(eq(totpFactors.personId, personId), isNull(totpFactors.confirmedAt)))
    await tx.insert(totpFactors).values({
      id,
      personId,
      secretSealed: seal(env().secretKeys, 'totp-secret', secret.base32, id),
      acceptsFrom,
    })
  })
  const totp = new TOTP({ issuer: 'Countersign', label: owner.email, secret, digits: 6, period: TOTP_PERIOD_SECONDS })
  return { totpId: id, secret: secret.base32, uri: totp.toString() }
}

/** @throws DomainError `code-wrong`, `method-locked`, `totp-exists` */
export async function confirmTotp(ctx: Context, input: ConfirmTotpInput): Promise<void> {
  const { actor } = requirePerson(ctx)
  requireStepUp(ctx)
  const refusal = { action: 'totp.add-refused', personId: actor.personId, data: {} }
  const attempt = await beginAttempt(ctx, attemptKey(actor.personId, 'confirm-totp', actor.sessionId), refusal)
  const [factor] = await ctx.db
    .select({ id: totpFactors.id, secretSealed: totpFactors.secretSealed })
    .from(totpFactors)
    .where(
      and(eq(totpFactors.id, input.totpId), eq(totpFactors.personId, actor.personId), isNull(totpFactors.confirmedAt)),
    )
  const step = factor && findTotpStep(factor, input.code, ctx.now)
  if (!factor || step === null || step === undefined) {
    await recordRefusal(ctx, { ...refusal, data: { failures: attempt.failures } })
    throw codeWrong('no such enrolment, or a wrong code', attempt.lastTry)
  }
  await forgetAttempts(ctx.db, attempt.key)
  await ctx.db.transaction(async (tx) => {
    const live = await listAuthenticators(tx, actor.personId, { removed: false })
    if (live.some((one) => one.kind === 'totp')) throw totpExists()
    const confirmed = await tx
      .update(totpFactors)
      .set({ confirmedAt: ctx.now, lastStep: step })
      .where(and(eq(totpFactors.id, factor.id), isNull(totpFactors.confirmedAt)))
      .returning({ id: totpFactors.id })
    if (confirmed.length === 0) throw totpExists()
    const person = await findPerson(tx, actor.personId)
    if (person) await notifyOfSecurity(tx, ctx, person, 'authenticator-added', { authenticator: 'TOTP' })
    await recordEvent(tx, ctx, { action: 'totp.added', personId: actor.personId, subjectId: factor.id })
  })
}

/** Needs step-up; the last authenticator stays. @throws DomainError `last-factor` */
export async function removeTotp(ctx: Context, _input: NoInput): Promise<void> {
  const { actor } = requirePerson(ctx)
  requireStepUp(ctx)
  await removeAuthenticator(ctx, actor.personId, 'totp.removed', async (tx) => {
    const [row] = await tx
      .update(totpFactors)
      .set({ removedAt: ctx.now })
      .where(and(eq(totpFactors.personId, actor.personId), isNull(totpFactors.removedAt)))
      .returning({ id: totpFactors.id })
    return row ? { id: row.id, name: 'TOTP' } : null
  })
}

function totpExists() {
  return conflict('totp-exists', 'You have an authenticator app already. Remove it before you add another.')
}
