import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { conflict, notFound } from '@/lib/core/errors'
import { statusAt } from './disposition'
import type { DispositionRef } from './schema'
import { findById, settleCancelled } from './store'

/**
 * The initiator withdraws: the person whose page it is, or the application that it is about, in its environment. Cancelling
 * what is cancelled changes nothing. @throws DomainError `already-ended` after any other end
 */
export async function cancelDisposition(ctx: Context, input: DispositionRef): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const row = await findById(tx, input.id)
    if (!row || !isInitiator(ctx, row)) throw notFound(`no disposition ${input.id} of this initiator`)
    if (!(await settleCancelled(tx, { id: row.id, now: ctx.now }))) {
      const seen = await findById(tx, input.id)
      const status = seen ? statusAt(seen, ctx.now) : null
      if (status === 'CANCELLED') return
      throw conflict('already-ended', `This has already ended (${status}) and cannot be cancelled.`)
    }
    await recordEvent(tx, ctx, {
      action: 'disposition.cancelled',
      applicationId: row.applicationId,
      environment: row.environment,
      subjectId: row.subjectId,
      data: { disposition: row.id },
    })
  })
}

function isInitiator(
  { actor }: Context,
  row: { initiatorId: string | null; applicationId: string; environment: string },
): boolean {
  if (actor.kind === 'person') return row.initiatorId === actor.personId
  return (
    actor.kind === 'application' && actor.applicationId === row.applicationId && actor.environment === row.environment
  )
}
