import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Transaction } from '@/db/client'
import { people } from '@/db/schema/people'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { newId } from '@/lib/core/ids'
import { env } from '@/lib/env/env'
import { limitAddress, PER_ADDRESS } from './limit-attempts'
import { hashPassword, requireFitPassword } from './password'
import type { SignUpInput } from './schema'
import { sendConfirmationLinkIn } from './send-confirmation-link'
import { sendMail } from './send-mail'
import { findPersonByEmail } from './store'

/**
 * Makes a person who has yet to confirm their address. For an address that somebody has, the answer on the screen is the
 * same and the mail says so instead; one that was never confirmed starts over with the newest name and password.
 */
export async function signUp(ctx: Context, input: SignUpInput & { locale: 'en' | 'it' }): Promise<{ email: string }> {
  await limitAddress(ctx, 'sign-up', PER_ADDRESS.mail)
  requireFitPassword(input.password, input)
  const passwordHash = await hashPassword(input.password) // also for an address that is taken: it takes as long
  await ctx.db.transaction(async (tx) => {
    const values = { email: input.email, name: input.name, locale: input.locale, passwordHash }
    const person = (await insertPerson(tx, ctx, values)) ?? (await restartSignUp(tx, values))
    if (!person) return tellOwner(tx, input.email)
    await sendConfirmationLinkIn(tx, ctx, { ...values, id: person.id })
    await recordEvent(tx, ctx, { action: 'person.signed-up', personId: person.id, subjectId: person.id })
  })
  return { email: input.email }
}

type NewPerson = { email: string; name: string; locale: string; passwordHash: string }

/** The unique index on the address decides between two sign-ups at once. */
async function insertPerson(tx: Transaction, ctx: Context, values: NewPerson): Promise<{ id: string } | undefined> {
  const [row] = await tx
    .insert(people)
    .values({ id: newId('person'), ...values, createdAt: ctx.now })
    .onConflictDoNothing()
    .returning({ id: people.id })
  return row
}

async function restartSignUp(tx: Transaction, values: NewPerson): Promise<{ id: string } | undefined> {
  const [row] = await tx
    .update(people)
    .set(values)
    .where(and(eq(sql`lower(${people.email})`, values.email.toLowerCase()), isNull(people.emailConfirmedAt)))
    .returning({ id: people.id })
  return row
}

async function tellOwner(tx: Transaction, email: string): Promise<void> {
  const owner = await findPersonByEmail(tx, email)
  if (!owner) return
  await sendMail(tx, owner, 'already-registered', {
    signIn: new URL('/sign-in', env().publicUrl).href,
    recover: new URL('/recover', env().publicUrl).href,
  })
}
