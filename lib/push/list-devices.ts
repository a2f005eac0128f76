import { requirePerson } from '@/lib/access/require'
import type { Context } from '@/lib/context/context'
import type { SubscribedDevice } from './schema'
import { listSubscriptions } from './store'

/** The person's own devices that receive notifications, newest first. */
export function listDevices(ctx: Context): Promise<SubscribedDevice[]> {
  return listSubscriptions(ctx.db, requirePerson(ctx).actor.personId)
}
