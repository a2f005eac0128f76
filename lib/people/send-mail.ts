import type { Database } from '@/db/client'
import { enqueueMail } from '@/lib/jobs/enqueue-mail'
import en from '@/messages/en.json'
import it from '@/messages/it.json'

const WORDS = { en: en.Mail, it: it.Mail } as const
const NAMES = { en: en.MailNames, it: it.MailNames } as const
export type MailKind = keyof typeof en.Mail

type Recipient = { email: string; name: string; locale: string }

/** Enqueues a mail in its reader's language, in the transaction of the change that it tells of. */
export async function sendMail(
  tx: Database,
  to: Recipient,
  kind: MailKind,
  values: Record<string, string> = {},
): Promise<void> {
  const words = WORDS[languageOf(to.locale)][kind]
  const all = { name: to.name, ...values }
  await enqueueMail(tx, {
    to: to.email,
    name: to.name,
    subject: fillIn(words.subject, all),
    text: `${fillIn(words.text, all)}\n`,
  })
}

/** One pass: what a value itself contains is never filled in again. */
function fillIn(template: string, values: Record<string, string>): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole)
}

/** Who acted, where that is nobody with a name. */
export function mailWord(locale: string, who: keyof typeof en.MailNames): string {
  return NAMES[languageOf(locale)][who]
}

function languageOf(locale: string): 'en' | 'it' {
  return locale === 'it' ? 'it' : 'en'
}
