import { randomBytes } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { people } from '@/db/schema/people'
import { requireOperator } from '@/lib/access/operator'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { newId } from '@/lib/core/ids'
import { hashPassword } from './password'

export type CreatedOperator = {
  personId: string
  email: string
  /** Only in this answer, and only for a person who was new. */
  password: string | null
}

/**
 * Makes the person with this address an operator, and the person too where there is none yet: with a random password, to be
 * changed after the first sign-in. Making an operator of an operator changes nothing.
 */
export async function createOperator(ctx: Context, input: { email: string }): Promise<CreatedOperator> {
  requireOperator(ctx)
  const password = randomBytes(18).toString('base64url')
  const passwordHash = await hashPassword(password)

  return ctx.db.transaction(async (tx) => {
    const [name = input.email] = input.email.split('@')
    const added = await tx
      .insert(people)
      .values({
        id: newId('person'),
        email: input.email,
        name,
        passwordHash,
        emailConfirmedAt: ctx.now,
        operatorSince: ctx.now,
      })
      .onConflictDoNothing()
      .returning({ id: people.id })
    const [known] = await tx.execute<{ id: string; email: string }>(
      sql`select id, email from people where lower(email) = lower(${input.email})`,
    )
    const personId = added[0]?.id ?? known?.id ?? ''
    const promoted = await tx
      .update(people)
      .set({ operatorSince: ctx.now })
      .where(sql`${people.id} = ${personId} and ${people.operatorSince} is null`)
      .returning({ id: people.id })
    if (added.length + promoted.length > 0) {
      await recordEvent(tx, ctx, {
        action: 'operator.created',
        personId,
        subjectId: personId,
        data: { newPerson: added.length === 1 },
      })
    }
    return { personId, email: known?.email ?? input.email, password: added.length === 1 ? password : null }
  })
}
