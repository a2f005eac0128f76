import { people } from '@/db/schema/people'
import { requireOperator } from '@/lib/access/operator'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { newId } from '@/lib/core/ids'
import { findPersonByEmail } from './store'

/**
 * The person with this address, or a new one whose address the institution vouches for: without a password, which they choose
 * by "Forgotten your password?". Null where there is none and no name for a new one.
 */
export async function enterPerson(
  ctx: Context,
  input: { email: string; name: string },
): Promise<{ id: string; isNew: boolean } | null> {
  requireOperator(ctx)
  const found = await findPersonByEmail(ctx.db, input.email)
  if (found) return { id: found.id, isNew: false }
  if (input.name === '') return null
  return ctx.db.transaction(async (tx) => {
    const values = { id: newId('person'), email: input.email, name: input.name, emailConfirmedAt: ctx.now }
    const [added] = await tx.insert(people).values(values).onConflictDoNothing().returning({ id: people.id })
    if (added) {
      await recordEvent(tx, ctx, { action: 'person.created', personId: added.id, subjectId: added.id })
      return { id: added.id, isNew: true }
    }
    const other = await findPersonByEmail(tx, input.email) // signed up a moment ago
    return other && { id: other.id, isNew: false }
  })
}
