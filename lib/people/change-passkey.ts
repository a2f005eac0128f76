import { and, eq, gt, isNull, sql } from 'drizzle-orm'
import { passkeys } from '@/db/schema/people'
import { requirePerson, requireStepUp } from '@/lib/access/require'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { forbidden, notFound } from '@/lib/core/errors'
import { isProvedByAuthenticator } from './accepts-from'
import { notifyOfSecurity } from './notify-person'
import { removeAuthenticator } from './remove-authenticator'
import type { PasskeyInput, RenamePasskeyInput } from './schema'
import { findPerson } from './store'

function ownPasskey(personId: string, passkeyId: string) {
  return and(eq(passkeys.id, passkeyId), eq(passkeys.personId, personId), isNull(passkeys.removedAt))
}

export async function renamePasskey(ctx: Context, input: RenamePasskeyInput): Promise<void> {
  const { actor } = requirePerson(ctx)
  await ctx.db.transaction(async (tx) => {
    const renamed = await tx
      .update(passkeys)
      .set({ name: input.name })
      .where(ownPasskey(actor.personId, input.passkeyId))
      .returning({ id: passkeys.id })
    if (renamed.length === 0) throw notFound('no such passkey of this person')
    await recordEvent(tx, ctx, { action: 'passkey.renamed', personId: actor.personId, subjectId: input.passkeyId })
  })
}

/**
 * An older authenticator vouches for a newer passkey, which then accepts at once instead of a day later.
 * @throws DomainError `older-authenticator-required` when something weaker proved the person last
 */
export async function confirmPasskey(ctx: Context, input: PasskeyInput): Promise<void> {
  const person = requirePerson(ctx)
  requireStepUp(ctx)
  if (!(await isProvedByAuthenticator(person))) {
    throw forbidden(
      'older-authenticator-required',
      'Confirm that it is you with a passkey or an app that you had before, then try again.',
    )
  }
  const { personId } = person.actor
  await ctx.db.transaction(async (tx) => {
    const [confirmed] = await tx
      .update(passkeys)
      .set({ acceptsFrom: ctx.now })
      .where(and(ownPasskey(personId, input.passkeyId), gt(passkeys.acceptsFrom, ctx.now)))
      .returning({ name: passkeys.name })
    if (!confirmed) throw notFound('no such passkey that waits')
    const owner = await findPerson(tx, personId)
    if (owner) await notifyOfSecurity(tx, ctx, owner, 'authenticator-confirmed', { authenticator: confirmed.name })
    await recordEvent(tx, ctx, { action: 'passkey.confirmed', personId, subjectId: input.passkeyId })
  })
}

/** Needs step-up; the last authenticator stays. @throws DomainError `last-factor` */
export async function removePasskey(ctx: Context, input: PasskeyInput): Promise<void> {
  const { actor } = requirePerson(ctx)
  requireStepUp(ctx)
  await removeAuthenticator(ctx, actor.personId, 'passkey.removed', async (tx) => {
    const [row] = await tx
      .update(passkeys)
      .set({ removedAt: sql`${ctx.now.toISOString()}::timestamptz` })
      .where(ownPasskey(actor.personId, input.passkeyId))
      .returning({ id: passkeys.id, name: passkeys.name })
    return row ?? null
  })
}
