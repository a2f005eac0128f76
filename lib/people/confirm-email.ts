import { and, eq, isNull } from 'drizzle-orm'
import type { Transaction } from '@/db/client'
import { people } from '@/db/schema/people'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { assert, conflict } from '@/lib/core/errors'
import { linkDead } from './errors'
import { notifyOfSecurity } from './notify-person'
import type { MailLinkInput } from './schema'
import { consumeMailLink, findPerson } from './store'

/** Uses up a link that confirms a new person's address, or a person's new address. @throws DomainError `link-dead` */
export async function confirmEmail(ctx: Context, input: MailLinkInput): Promise<{ changed: boolean }> {
  return ctx.db.transaction(async (tx) => {
    const link = await consumeMailLink(tx, {
      token: input.token,
      purposes: ['confirm-email', 'change-email'],
      now: ctx.now,
    })
    if (!link) throw linkDead('unknown, used or expired')
    if (link.purpose === 'change-email') return takeNewAddress(tx, ctx, link)
    await tx
      .update(people)
      .set({ emailConfirmedAt: ctx.now })
      .where(and(eq(people.id, link.personId), isNull(people.emailConfirmedAt)))
    await recordEvent(tx, ctx, { action: 'email.confirmed', personId: link.personId, subjectId: link.personId })
    return { changed: false }
  })
}

async function takeNewAddress(
  tx: Transaction,
  ctx: Context,
  link: { personId: string; email: string },
): Promise<{ changed: boolean }> {
  const before = await findPerson(tx, link.personId)
  assert(before, `link of a person who is gone: ${link.personId}`)
  // Two people who confirm one address at the same moment: the later waits for the index and finds it taken.
  const taken = await tx
    .transaction((savepoint) =>
      savepoint
        .update(people)
        .set({ email: link.email, emailConfirmedAt: ctx.now })
        .where(eq(people.id, link.personId)),
    )
    .then(
      () => false,
      (error: unknown) => {
        if (isUniqueViolation(error)) return true
        throw error
      },
    )
  if (taken) throw conflict('email-taken', 'This address belongs to another account by now. Choose another.')
  await notifyOfSecurity(tx, ctx, before, 'email-changed', { email: link.email }) // to the address from before
  await recordEvent(tx, ctx, { action: 'email.changed', personId: link.personId, subjectId: link.personId })
  return { changed: true }
}

function isUniqueViolation(error: unknown): boolean {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error
  return typeof cause === 'object' && cause !== null && 'code' in cause && cause.code === '23505'
}
