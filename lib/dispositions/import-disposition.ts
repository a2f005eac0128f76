import { requirePerson } from '@/lib/access/require'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context, PersonActor } from '@/lib/context/context'
import type { DomainError } from '@/lib/core/errors'
import { newTwoDigitNumber } from '@/lib/core/ids'
import { sha256 } from '@/lib/core/secrets'
import { addMs, MINUTE } from '@/lib/core/time'
import { statusAt } from './disposition'
import { alreadyImported, cancelledToken, expiredToken, notTheInitiator, unknownToken } from './errors'
import type { DispositionRef, ImportDispositionInput } from './schema'
import { bindImporter, countRefusedImport, findByToken } from './store'

/** contract.md, Family A: five more minutes to decide. */
const DECIDE_MS = 5 * MINUTE

/**
 * Binds a waiting disposition to the person, once: of several people who scan at the same moment one gets it. The same
 * person may come again, for example after a reload, and finds it as it is. Whoever comes second is refused, and the
 * initiator sees that somebody tried.
 */
export async function importDisposition(ctx: Context, input: ImportDispositionInput): Promise<DispositionRef> {
  const own = requirePerson(ctx)
  const importTokenHash = sha256(input.token)
  const outcome = await ctx.db.transaction(async (tx) => {
    const bound = await bindImporter(tx, {
      importTokenHash,
      personId: own.actor.personId,
      number: newTwoDigitNumber(),
      now: ctx.now,
      decideUntil: addMs(ctx.now, DECIDE_MS),
    })
    if (bound) {
      await recordEvent(tx, ctx, {
        action: 'disposition.imported',
        applicationId: bound.applicationId,
        environment: bound.environment,
        subjectId: bound.subjectId,
        data: { disposition: bound.id },
      })
      return { id: bound.id }
    }
    const row = await findByToken(tx, importTokenHash)
    if (!row) return unknownToken()
    if (row.importedBy === own.actor.personId) return { id: row.id }
    const refusal = refusalOf(own, row)
    if (row.importedBy !== null || row.initiatorId !== null) {
      await countRefusedImport(tx, row.id, own.actor.personId)
      await recordEvent(tx, ctx, {
        action: 'disposition.import-refused',
        applicationId: row.applicationId,
        environment: row.environment,
        subjectId: row.subjectId,
        data: { disposition: row.id, reason: refusal.reason },
      })
    }
    return refusal
  })
  // The count and the audit row of a refusal are committed before it is told.
  if (outcome instanceof Error) throw outcome
  return outcome
}

type Row = NonNullable<Awaited<ReturnType<typeof findByToken>>>

function refusalOf(ctx: Context<PersonActor>, row: Row): DomainError {
  if (row.initiatorId !== null && row.initiatorId !== ctx.actor.personId) return notTheInitiator()
  if (row.importedBy !== null) return alreadyImported()
  return statusAt(row, ctx.now) === 'CANCELLED' ? cancelledToken() : expiredToken()
}
