import { createTransport, type Transporter } from 'nodemailer'
import { database } from '@/db/client'
import { mailbox } from '@/db/schema/people'
import { env } from '@/lib/env/env'
import type { JobData } from './jobs'

const KEY = Symbol.for('countersign.mail-transport')
type Holder = { [KEY]?: Transporter }

/** Handler of the `mail` queue: by SMTP, or into the mailbox of a demo installation. A failure is tried again by the queue. */
export async function deliverMail(data: JobData['mail']): Promise<void> {
  const { smtpUrl, mailFrom, demo } = env()
  if (smtpUrl === null && !demo) throw new Error('no SMTP_URL: mail cannot be delivered')
  if (smtpUrl === null) {
    await database().db.insert(mailbox).values(data)
    return
  }
  const holder = globalThis as Holder
  holder[KEY] ??= createTransport(smtpUrl, { connectionTimeout: 10_000, socketTimeout: 20_000 } as never)
  await holder[KEY].sendMail({ from: mailFrom, to: data.to, subject: data.subject, text: data.text })
}
