import { requirePerson } from '@/lib/access/require'
import { getApplicationFor } from '@/lib/applications/access'
import type { Context } from '@/lib/context/context'
import { newOpaqueToken, sha256 } from '@/lib/core/secrets'
import { env } from '@/lib/env/env'
import * as store from './calendar-store'
import type { CalendarAddress, CalendarInput } from './chain-schema'
import { recordChainEvent } from './record-chain-event'

/**
 * Makes the address of an application's calendar feed. Its token is in this answer alone; an address that was made before
 * is dead. It opens for as long as whoever made it may read the certificates. @throws NotFound, DomainError `permission-required`
 */
export async function renewCalendar(ctx: Context, input: CalendarInput): Promise<{ url: string }> {
  const { actor } = requirePerson(ctx)
  const { id: applicationId } = await getApplicationFor(ctx, input, 'certificates.submit', 'sandbox')
  const token = newOpaqueToken()

  return ctx.db.transaction(async (tx) => {
    const row = { applicationId, tokenHash: sha256(token), createdBy: actor.personId }
    await store.replaceCalendar(tx, row, ctx.now)
    await recordChainEvent(tx, ctx, { action: 'calendar.renewed', applicationId, subjectId: applicationId })
    return { url: `${env().publicUrl.origin}/calendars/${token}/certificates.ics` }
  })
}

/** When and by whom the address was made, never the address. @throws NotFound, DomainError `permission-required` */
export async function findCalendar(ctx: Context, input: CalendarInput): Promise<CalendarAddress | null> {
  const { id } = await getApplicationFor(ctx, input, 'certificates.read', 'sandbox')
  return store.findCalendar(ctx.db, id)
}
