import type { Database } from '@/db/client'
import { seal } from '@/lib/core/seal'
import { env } from '@/lib/env/env'
import { enqueueJob } from '@/lib/jobs/jobs'
import en from '@/messages/en.json'
import it from '@/messages/it.json'

export type SmsKind = keyof typeof en.Sms

/**
 * Enqueues a text message in its reader's language, in the caller's transaction; sealed like a mail, for it may hold a code.
 * Only to be called where SMS_WEBHOOK_URL is set.
 */
export async function sendSms(
  tx: Database,
  to: { number: string; locale: string },
  kind: SmsKind,
  values: Record<string, string> = {},
): Promise<void> {
  const template = (to.locale === 'it' ? it : en).Sms[kind]
  const text = template.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole)
  const sealed = seal(env().secretKeys, 'sms', text, to.number).toString('base64')
  await enqueueJob(tx, 'sms', { to: to.number, sealed })
}
