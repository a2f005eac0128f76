import { readEventsOfApplication } from '@/lib/audit/list-events'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { writeCsv } from '@/lib/core/csv'
import { getApplicationFor } from './access'
import type { ExportEventsInput } from './schema'

/** As much as one file holds; what is older is found by narrowing. */
const MOST_EXPORTED = 10_000

/**
 * The activity of an application as CSV, newest first, for who may read its audit. The export is an event itself.
 * @throws NotFound, DomainError `permission-required`
 */
export async function exportEvents(ctx: Context, input: ExportEventsInput): Promise<{ csv: string; rows: number }> {
  const { id, customerId } = await getApplicationFor(ctx, input, 'audit.read')
  const filter = { environment: input.environment || undefined, action: input.action || undefined }

  return ctx.db.transaction(async (tx) => {
    const within = { ...ctx, db: tx }
    const events = await readEventsOfApplication(within, { applicationId: id, ...filter, limit: MOST_EXPORTED })
    await recordEvent(tx, ctx, {
      action: 'audit.exported',
      customerId,
      applicationId: id,
      environment: input.environment || null,
      subjectId: id,
      data: { rows: events.length, action: input.action || null },
    })
    const rows = events.map((event) => [
      event.id,
      event.at.toISOString(),
      event.action,
      event.environment ?? '',
      event.actorKind,
      event.actorName ?? '',
      event.address ?? '',
      event.subjectId ?? '',
      isOwn(event) ? JSON.stringify(event.data) : '',
    ])
    return { csv: writeCsv([HEADER, ...rows]), rows: events.length }
  })
}

/** What people outside the team did is told, as on the page; with which words and of which account is theirs. */
function isOwn({
  actorKind,
  byYou,
  actorName,
}: {
  actorKind: string
  byYou: boolean
  actorName: string | null
}): boolean {
  return actorKind !== 'person' || byYou || actorName !== null
}

const HEADER = ['id', 'at', 'action', 'environment', 'actor_kind', 'actor', 'address', 'subject', 'data']
