import { and, eq, isNull } from 'drizzle-orm'
import { sessions } from '@/db/schema/people'
import { requirePerson } from '@/lib/access/require'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { notFound } from '@/lib/core/errors'
import type { NoInput, SessionInput } from './schema'
import { revokeSessions } from './store'

/** Ends one of the person's own sessions at once, on every replica. @throws DomainError `not-found` */
export async function revokeSession(ctx: Context, input: SessionInput): Promise<void> {
  const { actor } = requirePerson(ctx)
  await ctx.db.transaction(async (tx) => {
    const revoked = await tx
      .update(sessions)
      .set({ revokedAt: ctx.now })
      .where(and(eq(sessions.id, input.sessionId), eq(sessions.personId, actor.personId), isNull(sessions.revokedAt)))
      .returning({ id: sessions.id })
    if (revoked.length === 0) throw notFound('no such session of this person')
    await recordEvent(tx, ctx, { action: 'session.revoked', personId: actor.personId, subjectId: input.sessionId })
  })
}

/** Ends every session of the person but the present one. */
export async function revokeOtherSessions(ctx: Context, _input: NoInput): Promise<{ count: number }> {
  const { actor } = requirePerson(ctx)
  return ctx.db.transaction(async (tx) => {
    const count = await revokeSessions(tx, { personId: actor.personId, except: actor.sessionId, now: ctx.now })
    await recordEvent(tx, ctx, { action: 'session.others-revoked', personId: actor.personId, data: { count } })
    return { count }
  })
}
