import { type AuditEvent, recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'

/** How a denied attempt is written down: its action, whom it concerns, what was tried. */
export type Refusal = Pick<AuditEvent, 'action' | 'personId'> & { data: Record<string, unknown> }

/**
 * Writes a denial down in a transaction of its own (security.md, Audit: "Denials and exports are events too"). Not to be
 * called inside the transaction that the denial rolls back.
 */
export async function recordRefusal(ctx: Context, refusal: Refusal): Promise<void> {
  await ctx.db.transaction((tx) => recordEvent(tx, ctx, refusal))
}
