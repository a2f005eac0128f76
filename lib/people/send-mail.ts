import type { Database } from '@/db/client'
import { enqueueJob } from '@/lib/jobs/jobs'
import en from '@/messages/en.json'
import it from '@/messages/it.json'

const WORDS = { en: en.Mail, it: it.Mail } as const
export type MailKind = keyof typeof en.Mail

type Recipient = { email: string; name: string; locale: string }

/** Enqueues a mail in its reader's language, in the transaction of the change that it tells of. */
export async function sendMail(
  tx: Database,
  to: Recipient,
  kind: MailKind,
  values: Record<string, string> = {},
): Promise<void> {
  const words = WORDS[to.locale === 'it' ? 'it' : 'en'][kind]
  const all = { name: to.name, ...values }
  await enqueueJob(tx, 'mail', {
    to: to.email,
    subject: fillIn(words.subject, all),
    text: `${fillIn(words.text, all)}\n`,
  })
}

/** One pass: what a value itself contains is never filled in again. */
function fillIn(template: string, values: Record<string, string>): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole)
}
