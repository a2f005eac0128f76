import type { Database } from '@/db/client'
import { enqueueJob } from '@/lib/jobs/jobs'
import type { PushMessage } from './schema'
import { sealMessage } from './sealed-message'
import { listSubscriptions } from './store'

/** Enqueues a message for every device of the person, in the caller's transaction, and tells how many there are. */
export async function enqueuePush(
  tx: Database,
  personId: string,
  message: PushMessage,
  expiresAt: Date,
): Promise<number> {
  const devices = await listSubscriptions(tx, personId)
  for (const { id } of devices) {
    const sealed = sealMessage(message, id)
    await enqueueJob(tx, 'push', { subscriptionId: id, sealed, expiresAt: expiresAt.toISOString() })
  }
  return devices.length
}
