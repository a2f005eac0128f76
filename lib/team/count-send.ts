import type { Transaction } from '@/db/client'
import { countFailures } from '@/lib/access/count-failures'
import { sha256Hex } from '@/lib/core/secrets'
import { DAY, SECOND } from '@/lib/core/time'
import { sendsOfDayReached } from './errors'
import { SENDS_BY_PERSON_A_DAY, SENDS_TO_ADDRESS_A_DAY } from './schema'

/**
 * Counts a mail of an invitation for its address and for its sender, over all applications and replicas, in the transaction
 * that enqueues it: one that is refused, or fails, is not counted.
 * @throws DomainError `sends-of-day-reached`
 */
export async function countSend(tx: Transaction, send: { email: string; invitedBy: string }, now: Date): Promise<void> {
  const address = `invitation-to:${sha256Hex(send.email.toLowerCase())}`
  const person = `invitation-by:${send.invitedBy}`
  const keys = [address, person].map((key) => ({ key, count: 1 }))
  const counted = await countFailures(tx, keys, now, DAY / SECOND)
  if ((counted.get(address)?.failures ?? 0) > SENDS_TO_ADDRESS_A_DAY) throw sendsOfDayReached('address')
  if ((counted.get(person)?.failures ?? 0) > SENDS_BY_PERSON_A_DAY) throw sendsOfDayReached('person')
}
