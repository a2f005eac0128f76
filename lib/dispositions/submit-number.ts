import { requirePerson } from '@/lib/access/require'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { notFound } from '@/lib/core/errors'
import { statusAt } from './disposition'
import { noLongerOpen } from './errors'
import { NUMBER_TRIES, type NumberOutcome, type SubmitNumberInput } from './schema'
import { findOfImporter, tryNumber } from './store'

/**
 * Compares the number that the person read off the initiating page. The third wrong one refuses the disposition, however
 * many tries arrive together.
 */
export async function submitNumber(ctx: Context, input: SubmitNumberInput): Promise<NumberOutcome> {
  const { personId } = requirePerson(ctx).actor
  return ctx.db.transaction(async (tx) => {
    const row = await findOfImporter(tx, input.id, personId)
    if (!row) throw notFound(`no disposition ${input.id} imported by ${personId}`)
    const tried = await tryNumber(tx, { id: row.id, personId, number: input.number, now: ctx.now })
    if (!tried) return settledAlready(await findOfImporter(tx, input.id, personId), ctx.now)

    const event = { applicationId: row.applicationId, environment: row.environment, subjectId: row.subjectId }
    const data = { disposition: row.id, wrong_numbers: tried.wrongNumbers }
    const triesLeft = NUMBER_TRIES - tried.wrongNumbers
    if (tried.matchedAt) {
      await recordEvent(tx, ctx, { action: 'disposition.number-matched', ...event, data })
      return { outcome: 'matched', triesLeft }
    }
    await recordEvent(tx, ctx, { action: 'disposition.number-wrong', ...event, data })
    if (tried.status !== 'REFUSED') return { outcome: 'wrong', triesLeft }
    await recordEvent(tx, ctx, { action: 'disposition.refused', ...event, data: { ...data, reason: 'wrong-numbers' } })
    return { outcome: 'refused', triesLeft: 0 }
  })
}

/** Nothing was tried: the number has been matched before, or there is nothing left to try. */
function settledAlready(row: Awaited<ReturnType<typeof findOfImporter>>, now: Date): NumberOutcome {
  const status = row ? statusAt(row, now) : null
  if (row && status === 'IMPORTED' && (row.numberMatchedAt !== null || !row.numberWanted)) {
    return { outcome: 'matched', triesLeft: NUMBER_TRIES - row.wrongNumbers }
  }
  if (row?.endReason === 'wrong-numbers') return { outcome: 'refused', triesLeft: 0 }
  throw noLongerOpen(`number submitted while ${status}`)
}
