import webPush from 'web-push'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { DomainError, isDomainError } from '@/lib/core/errors'
import { secondsUntil } from '@/lib/core/time'
import { env } from '@/lib/env/env'
import type { JobData } from '@/lib/jobs/jobs'
import { log } from '@/lib/log/log'
import { type OutboundResponse, sendOutbound } from '@/lib/outbound/guard'
import { openMessage } from './sealed-message'
import * as store from './store'
import { getVapidKeys } from './vapid-keys'

/**
 * The job behind `sendToMyDevice`: encrypts for the device (RFC 8291), signs for its push service (RFC 8292) and posts
 * through the outbound guard. A subscription that the service calls gone is removed. Throws only where trying again may
 * help; what is late, unreadable or refused for good ends here.
 */
export async function deliverPush(ctx: Context, job: JobData['push']): Promise<void> {
  const ttlSeconds = secondsUntil(new Date(job.expiresAt), ctx.now)
  const message = openMessage(job.sealed, job.subscriptionId)
  const subscription = await store.findSubscription(ctx.db, job.subscriptionId)
  if (ttlSeconds === 0 || !message || !subscription) return

  const { publicKey, privateKey } = await getVapidKeys(ctx.db)
  const details = webPush.generateRequestDetails(
    { endpoint: subscription.endpoint, keys: { p256dh: subscription.p256dh, auth: subscription.auth } },
    JSON.stringify(message),
    {
      vapidDetails: { subject: vapidSubject(), publicKey, privateKey },
      TTL: ttlSeconds,
      urgency: 'high',
      contentEncoding: 'aes128gcm',
    },
  )
  const response = await post(ctx, subscription, details)
  if (response) await settle(ctx, subscription, response)
}

type Subscription = NonNullable<Awaited<ReturnType<typeof store.findSubscription>>>

/** Null when the guard refuses the address: it was fine once, and no retry will make it so again. */
async function post(
  ctx: Context,
  subscription: Subscription,
  details: webPush.RequestDetails,
): Promise<OutboundResponse | null> {
  try {
    return await sendOutbound({
      url: details.endpoint,
      method: 'POST',
      headers: Object.fromEntries(Object.entries(details.headers).map(([name, value]) => [name, String(value)])),
      body: details.body ?? '',
    })
  } catch (error) {
    if (!isDomainError(error) || error.reason !== 'outbound-address-refused') throw error
    log().warn({ subscriptionId: subscription.id, detail: error.detail }, 'push endpoint refused')
    await store.markFailed(ctx.db, subscription.id, ctx.now)
    return null
  }
}

async function settle(ctx: Context, subscription: Subscription, response: OutboundResponse): Promise<void> {
  const { status } = response
  if (status >= 200 && status < 300) {
    await store.markDelivered(ctx.db, subscription.id, ctx.now)
  } else if (status === 404 || status === 410) {
    // RFC 8030 §7.3: the subscription is no longer valid.
    await ctx.db.transaction(async (tx) => {
      if (!(await store.deleteGoneSubscription(tx, subscription.id, subscription.auth))) return
      await recordEvent(tx, ctx, {
        action: 'device.gone',
        subjectId: subscription.id,
        personId: subscription.personId,
      })
    })
  } else {
    log().warn({ subscriptionId: subscription.id, status }, 'push service refused a message')
    await store.markFailed(ctx.db, subscription.id, ctx.now)
    if (status === 429 || status >= 500) {
      throw new DomainError('unavailable', 'push-service-busy', 'The push service is busy. Try again later.', {
        detail: `status ${status}`,
      })
    }
  }
}

/** Whom a push service may turn to about us. */
function vapidSubject(): string {
  const address = /<([^<>\s]+@[^<>\s]+)>|^([^<>\s]+@[^<>\s]+)$/.exec(env().mailFrom)
  return `mailto:${address?.[1] ?? address?.[2] ?? `no-reply@${env().publicUrl.hostname}`}`
}
