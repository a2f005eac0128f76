import type { Database } from '@/db/client'
import { open, seal } from '@/lib/core/seal'
import { env } from '@/lib/env/env'
import { enqueueJob } from './jobs'

export type Mail = { to: string; name?: string; subject: string; text: string }

/**
 * Enqueues a mail in the caller's transaction. Its text is sealed: it may hold a code or a link, of which nothing but the
 * hash may lie in the database, and the job store keeps what it has done for days.
 */
export async function enqueueMail(tx: Database, { to, name = '', subject, text }: Mail): Promise<void> {
  const sealed = seal(env().secretKeys, 'mail', text, to).toString('base64')
  await enqueueJob(tx, 'mail', { to, name, subject, sealed })
}

/** Null when the key that sealed it is gone. */
export function openMailText(mail: { to: string; sealed: string }): string | null {
  return open(env().secretKeys, 'mail', Buffer.from(mail.sealed, 'base64'), mail.to)
}
