import { sql } from 'drizzle-orm'
import { recordEvent } from '@/lib/audit/record-event'
import type { ApplicationActor, Context } from '@/lib/context/context'

/** `DELETE /oa2/v1/{cc,ac}/token` (seed 004): the family of the token that was presented dies, with its refresh token. */
export async function deleteToken(ctx: Context<ApplicationActor>): Promise<void> {
  const { actor } = ctx
  await ctx.db.transaction(async (tx) => {
    const revoked = await tx.execute(sql`
      update token_families set revoked_at = ${ctx.now.toISOString()}::timestamptz, revoked_reason = 'deleted'
      where id = ${actor.familyId} and application_id = ${actor.applicationId} and revoked_at is null returning id`)
    if (revoked.length === 0) return
    await recordEvent(tx, ctx, {
      action: 'token-family.revoked',
      subjectId: actor.connectionId ?? actor.applicationId,
      data: { reason: 'deleted', familyId: actor.familyId },
    })
  })
}
