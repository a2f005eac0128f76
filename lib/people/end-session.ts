import { and, eq, isNull } from 'drizzle-orm'
import { sessions } from '@/db/schema/people'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { sha256 } from '@/lib/core/secrets'

/** Signs out: the row is revoked, so a copy of the cookie is worth nothing. Ending an ended session does nothing. */
export async function endSession(ctx: Context, input: { sessionToken: string }): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const [ended] = await tx
      .update(sessions)
      .set({ revokedAt: ctx.now })
      .where(and(eq(sessions.tokenHash, sha256(input.sessionToken)), isNull(sessions.revokedAt)))
      .returning({ id: sessions.id, personId: sessions.personId })
    if (!ended) return
    await recordEvent(tx, ctx, { action: 'session.ended', personId: ended.personId, subjectId: ended.id })
  })
}
