import { requirePerson } from '@/lib/access/require'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { invalid } from '@/lib/core/errors'
import { addMs, MINUTE } from '@/lib/core/time'
import { env } from '@/lib/env/env'
import { enqueuePush } from './enqueue-push'
import type { SendToMyDeviceInput } from './schema'
import { findLocale } from './store'

// No deeplink can be imported for longer (security.md, Disposition Flow); after that the message is dropped.
const KEPT_MS = 5 * MINUTE

/**
 * Sends a deeplink to every device of the acting person, nobody else's. `sent` counts the messages on their way; 0: no
 * device is subscribed. Whether the disposition is the person's own is for the caller, who holds its deeplink, to know.
 * @throws DomainError `deeplink-foreign` for a link that does not lead into this wallet
 */
export async function sendToMyDevice(ctx: Context, input: SendToMyDeviceInput): Promise<{ sent: number }> {
  const { actor } = requirePerson(ctx)
  const link = new URL(input.deeplink)
  if (link.origin !== env().publicUrl.origin || link.pathname !== '/wallet/d') {
    throw invalid('deeplink', 'deeplink-foreign', 'This link does not lead into the wallet.')
  }
  return ctx.db.transaction(async (tx) => {
    const locale = (await findLocale(tx, actor.personId)) === 'it' ? 'it' : 'en'
    const message = { kind: 'disposition', locale, url: link.href } as const
    const sent = await enqueuePush(tx, actor.personId, message, addMs(ctx.now, KEPT_MS))
    if (sent === 0) return { sent }
    await recordEvent(tx, ctx, {
      action: 'disposition.sent-to-device',
      subjectId: input.dispositionId,
      data: { devices: sent },
    })
    return { sent }
  })
}
