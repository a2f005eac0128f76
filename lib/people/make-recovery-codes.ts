import { eq } from 'drizzle-orm'
import { people, recoveryCodes } from '@/db/schema/people'
import { requirePerson, requireStepUp } from '@/lib/access/require'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { assert } from '@/lib/core/errors'
import { notifyOfSecurity } from './notify-person'
import { hashesOfRecoveryCode, newRecoveryCode } from './recovery-code'
import type { NoInput } from './schema'
import { findPerson } from './store'

const COUNT = 10

/** Ten new codes, shown in this answer only; those from before are worth nothing. Needs step-up. */
export async function makeRecoveryCodes(ctx: Context, _input: NoInput): Promise<{ codes: string[] }> {
  const { actor } = requirePerson(ctx)
  requireStepUp(ctx)
  const codes = Array.from({ length: COUNT }, newRecoveryCode)
  await ctx.db.transaction(async (tx) => {
    // Of two sets made at once only the later one stays.
    await tx.select({ id: people.id }).from(people).where(eq(people.id, actor.personId)).for('update')
    await tx.delete(recoveryCodes).where(eq(recoveryCodes.personId, actor.personId))
    await tx.insert(recoveryCodes).values(
      codes.map((code) => {
        const [codeHash] = hashesOfRecoveryCode(actor.personId, code)
        assert(codeHash, 'a key ring has a first key')
        return { personId: actor.personId, codeHash }
      }),
    )
    const person = await findPerson(tx, actor.personId)
    if (person) await notifyOfSecurity(tx, ctx, person, 'recovery-codes-made')
    await recordEvent(tx, ctx, {
      action: 'recovery-codes.made',
      personId: actor.personId,
      subjectId: actor.personId,
      data: { count: COUNT },
    })
  })
  return { codes }
}
