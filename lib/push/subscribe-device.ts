import { ECDH } from 'node:crypto'
import { requirePerson } from '@/lib/access/require'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { assert, conflict, invalid } from '@/lib/core/errors'
import { newId } from '@/lib/core/ids'
import { parseOutboundUrl } from '@/lib/outbound/guard'
import type { SubscribeDeviceInput } from './schema'
import * as store from './store'

// Each message goes to all of them: a bound on what one press of a button can cause.
const MAX_DEVICES = 10

/**
 * Lets this browser receive the person's operations. Subscribing again renews its keys.
 * @throws DomainError `outbound-address-refused`, `device-key-invalid`, `device-limit-reached`
 */
export async function subscribeDevice(
  ctx: Context,
  input: SubscribeDeviceInput & { userAgent?: string },
): Promise<{ id: string }> {
  const { actor } = requirePerson(ctx)
  const endpoint = parseOutboundUrl(input.endpoint).href
  if (!isCurvePoint(input.keys.p256dh)) {
    throw invalid('keys', 'device-key-invalid', 'This browser gave an unusable key. Turn notifications on again.')
  }

  return ctx.db.transaction(async (tx) => {
    if ((await store.countOtherSubscriptions(tx, actor.personId, endpoint)) >= MAX_DEVICES) {
      throw conflict(
        'device-limit-reached',
        `Notifications are on for ${MAX_DEVICES} devices already. Turn them off on one that you no longer use.`,
      )
    }
    const changed = await store.upsertSubscription(tx, {
      id: newId('pushSubscription'),
      personId: actor.personId,
      endpoint,
      p256dh: input.keys.p256dh,
      auth: input.keys.auth,
      userAgent: (input.userAgent ?? '').slice(0, 300),
    })
    if (changed) await recordEvent(tx, ctx, { action: 'device.subscribed', subjectId: changed })
    const id = changed ?? (await store.findOwnSubscriptionId(tx, actor.personId, endpoint))
    assert(id, 'a subscription was neither written nor found')
    return { id }
  })
}

function isCurvePoint(p256dh: string): boolean {
  try {
    return ECDH.convertKey(p256dh, 'prime256v1', 'base64url', 'hex', 'uncompressed').length === 130
  } catch {
    return false // not on P-256: nothing could ever be encrypted for it
  }
}
