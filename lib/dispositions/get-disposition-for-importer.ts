import { requirePerson } from '@/lib/access/require'
import type { Context } from '@/lib/context/context'
import { assert, notFound } from '@/lib/core/errors'
import type { Environment } from '@/lib/core/secrets'
import { expiresAt, isTerminal, statusAt } from './disposition'
import type { Offer } from './offer-disposition'
import { findReturnTo } from './return-to'
import {
  type DispositionRef,
  type EndReason,
  type ImporterDisposition,
  NUMBER_TRIES,
  type OperationKind,
} from './schema'
import { findAskingApplication, findOfImporter, listAccountChoices } from './store'

/** What the person's wallet shows of a disposition that they have imported; the same 404 for all others. */
export async function getDispositionForImporter(ctx: Context, input: DispositionRef): Promise<ImporterDisposition> {
  const { actor } = requirePerson(ctx)
  const row = await findOfImporter(ctx.db, input.id, actor.personId)
  if (!row) throw notFound(`no disposition ${input.id} imported by ${actor.personId}`)
  const application = await findAskingApplication(ctx.db, row.applicationId)
  assert(application, `application ${row.applicationId} of disposition ${row.id}`)
  const { isSuspended: _, ...asking } = application
  const offer = row.offer as Offer['offer']
  const status = statusAt(row, ctx.now)
  const open = !isTerminal(status)

  return {
    id: row.id,
    operation: row.operation as OperationKind,
    subjectId: row.subjectId,
    status,
    endReason: status === 'EXPIRED' ? 'expired' : (row.endReason as EndReason | null),
    expiresAt: open ? expiresAt(row) : null,
    environment: row.environment as Environment,
    application: asking,
    reference: offer.reference,
    isSelfInitiated: row.initiatorId !== null,
    wantsAccount: offer.asked === undefined,
    accounts:
      open && offer.asked === undefined
        ? await listAccountChoices(ctx.db, actor.personId, { environment: row.environment, ...offer })
        : [],
    isAccountFixed: offer.accountId !== null,
    numberWanted: row.numberWanted,
    numberMatched: row.numberMatchedAt !== null,
    triesLeft: NUMBER_TRIES - row.wrongNumbers,
    returnTo: open ? null : await findReturnTo(ctx, row, status),
  }
}
