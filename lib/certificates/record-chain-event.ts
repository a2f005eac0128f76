import { eq } from 'drizzle-orm'
import type { Transaction } from '@/db/client'
import { applications } from '@/db/schema/applications'
import { type AuditEvent, recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'

/**
 * An event about the certificates of an application belongs to the application's own Customer, whoever acted: an invited
 * member acts for another one, an operator for none.
 */
export async function recordChainEvent(
  tx: Transaction,
  ctx: Context,
  event: AuditEvent & { applicationId: string },
): Promise<void> {
  const [application] = await tx
    .select({ customerId: applications.customerId })
    .from(applications)
    .where(eq(applications.id, event.applicationId))
  await recordEvent(tx, ctx, { ...event, customerId: application?.customerId ?? null })
}
