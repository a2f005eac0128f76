import { isDomainError } from '@/lib/core/errors'
import { open } from '@/lib/core/seal'
import { env } from '@/lib/env/env'
import type { JobData } from '@/lib/jobs/jobs'
import { log } from '@/lib/log/log'
import { sendOutbound } from '@/lib/outbound/guard'

/** What a text message may take: longer than a push, since the webhook may wait for its carrier. */
const TIMEOUT_MS = 15_000

export type SmsDelivery = { outcome: 'accepted' | 'refused' | 'unreadable' | 'off' }

/**
 * Handler of the `sms` queue: `{to, text}` to SMS_WEBHOOK_URL through the outbound guard. The job's id goes along as
 * `Idempotency-Key`, the same at each retry, so that a webhook which keeps it sends once. Throws where trying again may help.
 */
export async function deliverSms({ to, sealed }: JobData['sms'], jobId: string): Promise<SmsDelivery> {
  const { smsWebhookUrl, secretKeys } = env()
  if (smsWebhookUrl === null) return { outcome: 'off' } // turned off since: nobody waits for it any more
  const text = open(secretKeys, 'sms', Buffer.from(sealed, 'base64'), to)
  if (text === null) {
    log().error({ jobId }, 'a text message was sealed with a key that SECRET_KEY does not have')
    return { outcome: 'unreadable' }
  }
  const status = await post(smsWebhookUrl, { to, text }, jobId)
  if (status >= 200 && status < 300) return { outcome: 'accepted' }
  log().warn({ jobId, status }, 'the SMS webhook refused a message')
  if (status !== 408 && status !== 429 && status < 500) return { outcome: 'refused' }
  throw new Error(`the SMS webhook answered ${status}`)
}

async function post(url: string, message: { to: string; text: string }, jobId: string): Promise<number> {
  try {
    const response = await sendOutbound({
      url,
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Idempotency-Key': jobId },
      body: JSON.stringify(message),
      timeoutMs: TIMEOUT_MS,
    })
    return response.status
  } catch (error) {
    if (isDomainError(error)) log().warn({ jobId, detail: error.detail }, 'the SMS webhook was not reached')
    throw error
  }
}
