import { and, desc, eq, gt, isNull } from 'drizzle-orm'
import { sessions } from '@/db/schema/people'
import { requirePerson } from '@/lib/access/require'
import type { Context } from '@/lib/context/context'
import { addMs } from '@/lib/core/time'
import { LONGEST_IDLE_MS } from './find-session'

export type ListedSession = {
  id: string
  current: boolean
  userAgent: string
  address: string | null
  amr: string[]
  createdAt: Date
  lastActiveAt: Date
}

/** The person's living sessions, last used first. */
export async function listSessions(ctx: Context): Promise<ListedSession[]> {
  const { actor } = requirePerson(ctx)
  const rows = await ctx.db
    .select({
      id: sessions.id,
      userAgent: sessions.userAgent,
      address: sessions.address,
      amr: sessions.amr,
      createdAt: sessions.createdAt,
      lastActiveAt: sessions.lastActiveAt,
    })
    .from(sessions)
    .where(
      and(
        eq(sessions.personId, actor.personId),
        isNull(sessions.revokedAt),
        gt(sessions.expiresAt, ctx.now),
        gt(sessions.lastActiveAt, addMs(ctx.now, -LONGEST_IDLE_MS)),
      ),
    )
    .orderBy(desc(sessions.lastActiveAt))
  return rows.map((row) => ({ ...row, current: row.id === actor.sessionId }))
}
