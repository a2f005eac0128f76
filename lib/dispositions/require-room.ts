import type { Transaction } from '@/db/client'
import type { Environment } from '@/lib/core/secrets'
import { secondsUntil } from '@/lib/core/time'
import { tooManyOpen } from './errors'
import { countOpen, holdAsker } from './store'

/** Open at a time: what an application has asked in one environment, whoever asked for it, and what a person has started. */
export const OPEN_OF_APPLICATION = 500
export const OPEN_OF_PERSON = 10

type Asker = { applicationId: string; environment: Environment; initiatorId: string | null }

/**
 * Refuses an offer beyond the limits. Whoever asks is held until the transaction ends, so that of offers made at once none
 * slips past the count (ADR-0040). @throws DomainError `open-requests-limit`
 */
export async function requireRoom(tx: Transaction, asker: Asker, now: Date): Promise<void> {
  await holdAsker(tx, asker)
  const open = await countOpen(tx, asker, now)
  if (open.ofApplication >= OPEN_OF_APPLICATION || open.ofPerson >= OPEN_OF_PERSON) {
    throw tooManyOpen(secondsUntil(open.firstEndsAt ?? now, now))
  }
}
