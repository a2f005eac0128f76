import { desc } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { mailbox } from '@/db/schema/people'

const NEWEST = 200

export type MailboxEntry = { to: string; subject: string; text: string; at: string }

/** Mails that a demo installation has kept instead of sending, newest first. */
export async function listMailbox(db: Database): Promise<MailboxEntry[]> {
  const rows = await db
    .select({ to: mailbox.to, subject: mailbox.subject, text: mailbox.text, at: mailbox.at })
    .from(mailbox)
    .orderBy(desc(mailbox.id))
    .limit(NEWEST)
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }))
}
