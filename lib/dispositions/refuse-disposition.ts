import { requirePerson } from '@/lib/access/require'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { notFound } from '@/lib/core/errors'
import { statusAt } from './disposition'
import { noLongerOpen } from './errors'
import { findReturnTo } from './return-to'
import type { DispositionRef, SettledDisposition } from './schema'
import { findOfImporter, settleRefused } from './store'

/** The importer says no. Refusing what is refused already changes nothing. @throws DomainError `disposition-ended` */
export async function refuseDisposition(ctx: Context, input: DispositionRef): Promise<SettledDisposition> {
  const { personId } = requirePerson(ctx).actor
  return ctx.db.transaction(async (tx) => {
    const inside = { ...ctx, db: tx }
    const row = await findOfImporter(tx, input.id, personId)
    if (!row) throw notFound(`no disposition ${input.id} imported by ${personId}`)
    const won = await settleRefused(tx, { id: row.id, personId, now: ctx.now, reason: 'refused' })
    if (!won) {
      const seen = await findOfImporter(tx, input.id, personId)
      const status = seen ? statusAt(seen, ctx.now) : null
      if (status !== 'REFUSED') throw noLongerOpen(`refused while ${status}`)
      return { id: row.id, status, returnTo: await findReturnTo(inside, row, status) }
    }
    await recordEvent(tx, ctx, {
      action: 'disposition.refused',
      applicationId: row.applicationId,
      environment: row.environment,
      subjectId: row.subjectId,
      data: { disposition: row.id, reason: 'refused' },
    })
    return { id: row.id, status: 'REFUSED', returnTo: await findReturnTo(inside, row, 'REFUSED') }
  })
}
