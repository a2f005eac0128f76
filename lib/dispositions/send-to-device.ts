import type { Context } from '@/lib/context/context'
import { sendToMyDevice } from '@/lib/push/send-to-my-device'
import { noLongerOpen } from './errors'
import { findDeeplink } from './find-deeplink'
import type { DispositionRef } from './schema'

/**
 * Sends the deeplink of what the person has started to their own devices. `sent` 0: none is subscribed.
 * @throws DomainError `disposition-ended` once it has been imported or is over
 */
export async function sendDispositionToDevice(ctx: Context, input: DispositionRef): Promise<{ sent: number }> {
  const deeplink = await findDeeplink(ctx, input)
  if (deeplink === null) throw noLongerOpen('sent to a device when it no longer waited')
  return sendToMyDevice(ctx, { dispositionId: input.id, deeplink })
}
