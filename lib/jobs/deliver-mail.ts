import { createTransport, type Transporter, type TransportOptions } from 'nodemailer'
import { database } from '@/db/client'
import { mailbox } from '@/db/schema/people'
import { SECOND } from '@/lib/core/time'
import { env } from '@/lib/env/env'
import { log } from '@/lib/log/log'
import { openMailText } from './enqueue-mail'
import type { JobData } from './jobs'

export type Delivery = { outcome: 'accepted' | 'refused' | 'unreadable'; answer: string }

/**
 * Handler of the `mail` queue: by SMTP, or into the mailbox of a demo installation. What it returns stays with the job. It
 * throws where trying again may help; what the server refuses for good ends here. A process that dies between the server's
 * acceptance and the job's end sends twice, with one Message-ID.
 */
export async function deliverMail(mail: JobData['mail'], jobId: string): Promise<Delivery> {
  const { smtpUrl, mailFrom, demo } = env()
  if (smtpUrl === null && !demo) throw new Error('no SMTP_URL: mail cannot be delivered')
  const text = openMailText(mail)
  if (text === null) {
    log().error({ jobId }, 'a mail was sealed with a key that SECRET_KEY does not have')
    return { outcome: 'unreadable', answer: '' }
  }
  if (smtpUrl === null) {
    await database().db.insert(mailbox).values({ to: mail.to, subject: mail.subject, text })
    return { outcome: 'accepted', answer: 'mailbox' }
  }
  try {
    const sent = await transport(smtpUrl).sendMail({
      from: mailFrom,
      // As parts, never as one text: a name is not parsed for further addresses.
      to: { name: mail.name, address: mail.to },
      subject: mail.subject,
      text,
      messageId: `<${jobId}@${env().publicUrl.hostname}>`,
      // RFC 3834 §5: keeps automatic answers from coming back.
      headers: { 'Auto-Submitted': 'auto-generated' },
    })
    return { outcome: 'accepted', answer: sent.response ?? '' }
  } catch (error) {
    if (!isRefusedForGood(error)) throw error
    log().warn({ jobId, answer: error.response }, 'a mail was refused for good')
    return { outcome: 'refused', answer: error.response }
  }
}

const KEY = Symbol.for('countersign.mail-transport')
type Holder = { [KEY]?: { smtpUrl: string; transporter: Transporter } }

function transport(smtpUrl: string): Transporter {
  const holder = globalThis as Holder
  if (holder[KEY]?.smtpUrl !== smtpUrl) {
    holder[KEY] = { smtpUrl, transporter: createTransport(transportOptions(smtpUrl) as TransportOptions) }
  }
  return holder[KEY].transporter
}

/**
 * One connection for each mail under way, of which server/jobs.ts allows a few, and no step of it without an end. A password
 * leaves this machine encrypted or not at all; the address may say otherwise (`?requireTLS=false`).
 */
export function transportOptions(smtpUrl: string) {
  const { hostname, username } = new URL(smtpUrl)
  return {
    url: smtpUrl,
    requireTLS: username !== '' && !/^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname),
    dnsTimeout: 5 * SECOND,
    connectionTimeout: 10 * SECOND,
    greetingTimeout: 10 * SECOND,
    socketTimeout: 20 * SECOND,
    disableFileAccess: true,
    disableUrlAccess: true,
  }
}

type Refusal = Error & { response: string }

/**
 * RFC 5321 §4.2.1: 5yz is a permanent failure. Only that of the recipient or of the message itself: a refused sender or
 * password is a setting, and the mail waits until it is right.
 */
function isRefusedForGood(error: unknown): error is Refusal {
  const { command, responseCode, response } = error as { command?: string; responseCode?: number; response?: string }
  const ofThisMail = command === 'RCPT TO' || command === 'DATA'
  return ofThisMail && responseCode !== undefined && responseCode >= 500 && typeof response === 'string'
}
