import { eq } from 'drizzle-orm'
import type { Transaction } from '@/db/client'
import { people } from '@/db/schema/people'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { notFound } from '@/lib/core/errors'
import { lastFactor } from './errors'
import { notifyOfSecurity } from './notify-person'
import { findPerson, listAuthenticators } from './store'

/**
 * Removes by `remove` and refuses when none would be left. Two removals at once would each see the other's authenticator
 * still there, so the person's row is locked first.
 */
export async function removeAuthenticator(
  ctx: Context,
  personId: string,
  action: string,
  remove: (tx: Transaction) => Promise<{ id: string; name: string } | null>,
): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    await tx.select({ id: people.id }).from(people).where(eq(people.id, personId)).for('update')
    const removed = await remove(tx)
    if (!removed) throw notFound('no such authenticator of this person')
    if ((await listAuthenticators(tx, personId, { removed: false })).length === 0) throw lastFactor()
    const person = await findPerson(tx, personId)
    if (person) await notifyOfSecurity(tx, ctx, person, 'authenticator-removed', { authenticator: removed.name })
    await recordEvent(tx, ctx, { action, personId, subjectId: removed.id })
  })
}
