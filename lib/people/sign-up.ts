import { and, eq, inArray, isNull, sql } from 'drizzle-orm'
import type { Transaction } from '@/db/client'
import { mailLinks, people } from '@/db/schema/people'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { newId } from '@/lib/core/ids'
import { limitAddress, PER_ADDRESS, takeMailTurn } from './limit-attempts'
import { hashPassword, requireFitPassword } from './password'
import type { SignUpInput } from './schema'
import { enqueueRequestedMail } from './send-requested-mail'

/**
 * Makes a person who has yet to confirm their address. For an address that somebody has, the answer on the screen and its
 * time are the same and the mail says so instead; one that was never confirmed starts over with the newest name and password.
 */
export async function signUp(ctx: Context, input: SignUpInput & { locale: 'en' | 'it' }): Promise<{ email: string }> {
  await limitAddress(ctx, 'sign-up', PER_ADDRESS.mail)
  requireFitPassword(input.password, input)
  const passwordHash = await hashPassword(input.password) // also for an address that is taken: it takes as long
  await ctx.db.transaction(async (tx) => {
    if (!(await takeMailTurn(tx, ctx, 'sign-up', input.email))) return
    const values = { email: input.email, name: input.name, locale: input.locale, passwordHash }
    const personId = await savePerson(tx, ctx, values)
    await endLinks(tx, ctx, input.email)
    const action = personId === null ? 'sign-up.refused' : 'person.signed-up'
    await recordEvent(tx, ctx, { action, personId, subjectId: personId })
    await enqueueRequestedMail(tx, ctx, { kind: 'sign-up', email: input.email })
  })
  return { email: input.email }
}

type NewPerson = { email: string; name: string; locale: string; passwordHash: string }

/** One statement, so that the unique index decides between two sign-ups at once; null for an address that is confirmed. */
async function savePerson(tx: Transaction, ctx: Context, values: NewPerson): Promise<string | null> {
  const { email, name, locale, passwordHash } = values
  const [row] = await tx.execute<{ id: string }>(sql`
    insert into people as p (id, email, name, locale, password_hash, created_at)
    values (${newId('person')}, ${email}, ${name}, ${locale}, ${passwordHash}, ${ctx.now.toISOString()}::timestamptz)
    on conflict (lower(email)) do update set
      email = excluded.email, name = excluded.name, locale = excluded.locale, password_hash = excluded.password_hash
    where p.email_confirmed_at is null
    returning id`)
  return row?.id ?? null
}

/** A link that was mailed for an earlier password must not confirm this one, before the newer link is there either. */
async function endLinks(tx: Transaction, ctx: Context, email: string): Promise<void> {
  const unconfirmed = tx
    .select({ id: people.id })
    .from(people)
    .where(and(eq(sql`lower(${people.email})`, email.toLowerCase()), isNull(people.emailConfirmedAt)))
  await tx
    .update(mailLinks)
    .set({ consumedAt: ctx.now })
    .where(
      and(
        inArray(mailLinks.personId, unconfirmed),
        eq(mailLinks.purpose, 'confirm-email'),
        isNull(mailLinks.consumedAt),
      ),
    )
}
