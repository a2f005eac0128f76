import type { Transaction } from '@/db/client'
import { sentNotices } from '@/db/schema/notices'

export type Notice = {
  /** Whatever ends: `sec_…`, a certificate's id. */
  subjectId: string
  /** What the notice says: `secret-ending`. */
  kind: string
  /** How long before the end, in the kind's own unit. */
  threshold: number
  /** The end that it tells of. */
  endsAt: Date
  now: Date
}

/**
 * Whether the caller is the one to send the notice: true for one caller ever, whichever replica it is in. Enqueue the mails
 * in the same transaction: they are then sent if and only if the claim is kept.
 */
export async function claimNotice(tx: Transaction, notice: Notice): Promise<boolean> {
  const { subjectId, kind, threshold, endsAt, now } = notice
  const claimed = await tx
    .insert(sentNotices)
    .values({ subjectId, kind, threshold, endsAt, sentAt: now })
    .onConflictDoNothing()
    .returning({ subjectId: sentNotices.subjectId })
  return claimed.length === 1
}
