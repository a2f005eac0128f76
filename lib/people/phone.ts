import { and, eq, isNotNull, isNull } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { phoneNumbers } from '@/db/schema/people'
import { env } from '@/lib/env/env'

/** Whether this installation sends text messages at all. */
export function isSmsOn(): boolean {
  return env().smsWebhookUrl !== null
}

export type Phone = { id: string; number: string; createdAt: Date }

/** The person's confirmed number, or null. */
export async function findPhone(db: Database, personId: string): Promise<Phone | null> {
  const [row] = await db
    .select({ id: phoneNumbers.id, number: phoneNumbers.number, createdAt: phoneNumbers.createdAt })
    .from(phoneNumbers)
    .where(
      and(eq(phoneNumbers.personId, personId), isNotNull(phoneNumbers.confirmedAt), isNull(phoneNumbers.removedAt)),
    )
  return row ?? null
}
