import { sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import type { Context } from '@/lib/context/context'
import { openMailText } from '@/lib/jobs/enqueue-mail'
import type { JobData } from '@/lib/jobs/jobs'
import { sendRequestedMail } from '../send-requested-mail'

/** Does what the worker would do with the mails that were asked for and not written yet (send-requested-mail.ts). */
export async function writeRequestedMail(ctx: Context): Promise<void> {
  const jobs = await ctx.db.execute<{ data: JobData['requested-mail'] }>(
    sql`delete from pgboss.job where name = 'requested-mail' returning data`,
  )
  for (const { data } of jobs) {
    await sendRequestedMail({ ...ctx, actor: { kind: 'anonymous' }, requestId: data.requestId }, data)
  }
}

export type EnqueuedMail = { to: string; name: string; subject: string; text: string }

/** Mails that verbs have enqueued for an address, newest first. */
export async function readMail(db: Database, to: string): Promise<EnqueuedMail[]> {
  const rows = await db.execute<{ data: JobData['mail'] }>(
    sql`select data from pgboss.job where name = 'mail' and data->>'to' = ${to} order by created_on desc`,
  )
  return rows.map(({ data: { name, subject, ...mail } }) => {
    const text = openMailText({ ...mail })
    if (text === null) throw new Error(`a mail to ${to} does not open`)
    return { to, name, subject, text }
  })
}

export async function readCode(db: Database, to: string): Promise<string> {
  for (const mail of await readMail(db, to)) {
    const code = /\b(\d{6})\b/.exec(mail.text)?.[1]
    if (code) return code
  }
  throw new Error(`no code was sent to ${to}`)
}

export async function readToken(db: Database, to: string): Promise<string> {
  for (const mail of await readMail(db, to)) {
    const token = /token=([A-Za-z0-9_-]{43})/.exec(mail.text)?.[1]
    if (token) return token
  }
  throw new Error(`no link was sent to ${to}`)
}
