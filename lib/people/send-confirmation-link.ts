import type { Database } from '@/db/client'
import type { Context } from '@/lib/context/context'
import { newOpaqueToken } from '@/lib/core/secrets'
import { addMs, DAY } from '@/lib/core/time'
import { env } from '@/lib/env/env'
import { takeMailTurn } from './limit-attempts'
import { sendMail } from './send-mail'
import { insertMailLink } from './store'

const LINK_MS = DAY

type Reader = { id: string; email: string; name: string; locale: string }

/** Mails a link that confirms the person's address, single use, for a day; earlier ones are dead from now on. */
export async function sendConfirmationLink(ctx: Context, person: Reader): Promise<void> {
  await ctx.db.transaction((tx) => sendLink(tx, ctx, person))
}

/** The same for who asks again, as often as a mailbox may be mailed to. */
export async function resendConfirmationLink(ctx: Context, person: Reader): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    if (await takeMailTurn(tx, ctx, 'confirm-email', person.email)) await sendLink(tx, ctx, person)
  })
}

async function sendLink(tx: Database, ctx: Context, person: Reader): Promise<void> {
  const token = newOpaqueToken()
  await insertMailLink(tx, {
    token,
    personId: person.id,
    purpose: 'confirm-email',
    email: person.email,
    expiresAt: addMs(ctx.now, LINK_MS),
    now: ctx.now,
  })
  await sendMail(tx, person, 'confirm-email', { link: linkTo('/confirm-email', token) })
}

export function linkTo(path: string, token: string): string {
  const url = new URL(path, env().publicUrl)
  url.searchParams.set('token', token)
  return url.href
}
