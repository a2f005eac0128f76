import { eq } from 'drizzle-orm'
import { people } from '@/db/schema/people'
import { requirePerson } from '@/lib/access/require'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import type { LocaleInput } from './schema'

/** The language of the person's own pages and mails. */
export async function chooseLocale(ctx: Context, input: LocaleInput): Promise<void> {
  const { actor } = requirePerson(ctx)
  await ctx.db.transaction(async (tx) => {
    await tx.update(people).set({ locale: input.locale }).where(eq(people.id, actor.personId))
    await recordEvent(tx, ctx, {
      action: 'person.language-chosen',
      personId: actor.personId,
      subjectId: actor.personId,
      data: { locale: input.locale },
    })
  })
}
