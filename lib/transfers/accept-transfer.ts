import { listPeopleAllowed } from '@/lib/applications/list-people-allowed'
import { requireRoom } from '@/lib/applications/require-room'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { tellWhatGoneSaw } from '@/lib/credentials/tell-what-they-saw'
import { cancelDispositionsOf } from '@/lib/dispositions/cancel-dispositions-of'
import { enqueueJob } from '@/lib/jobs/jobs'
import { sendMail } from '@/lib/people/send-mail'
import { transferOver } from './errors'
import { holdReceived } from './hold-received'
import type { TransferInput } from './schema'
import * as store from './store'

/**
 * An owner of the receiving business takes the application over. Keys, secrets, certificates, callbacks and Connections stay
 * as they are; who was owner by the old business, or by the team, has lost it with the next request; requests that account
 * owners have not decided are cancelled, since they were worded with the old owner's name. Everybody concerned is told.
 * @throws NotFound, DomainError `owner-required`, `step-up-required`, `transfer-over`, `application-limit-reached`
 */
export async function acceptTransfer(ctx: Context, input: TransferInput): Promise<{ applicationId: string }> {
  return ctx.db.transaction(async (tx) => {
    const { actor, transfer } = await holdReceived(tx, ctx, input)
    const { applicationId } = transfer
    await requireRoom(tx, transfer.toCustomerId)
    // An offer is worth what whoever made it may do at this moment.
    const givers = await listPeopleAllowed(tx, applicationId, 'application.transfer')
    if (!givers.some(({ personId }) => personId === transfer.requestedBy)) throw transferOver('who offered it may not')
    const team = await listPeopleAllowed(tx, applicationId, 'application.read')
    const decision = { outcome: 'accepted' as const, by: actor.personId, now: ctx.now }
    if (!(await store.decide(tx, transfer.id, decision))) throw transferOver('decided meanwhile')
    if (!(await store.changeOwner(tx, transfer, actor.personId, ctx.now)))
      throw transferOver('not the giver’s any more')
    await cancelDispositionsOf(tx, ctx, applicationId)
    const change = { applicationId, subjectId: transfer.id }
    const data = { from: transfer.fromCustomerId, to: transfer.toCustomerId }
    // One row for each side: either can read its own Customer's audit.
    await recordEvent(tx, ctx, { action: 'transfer.given', customerId: transfer.fromCustomerId, ...change, data })
    await recordEvent(tx, ctx, { action: 'transfer.accepted', customerId: transfer.toCustomerId, ...change, data })

    const receiver = await store.findBusiness(tx, transfer.toCustomerId)
    const words = { application: transfer.applicationName, owner: receiver?.name ?? '' }
    for (const person of team) await sendMail(tx, person, 'application-transferred', words)
    await tellWhatGoneSaw(tx, ctx, applicationId)
    // Of those connected there may be any number: a job tells them, page by page.
    await enqueueJob(tx, 'transfer-notices', { ...words, applicationId, after: null })
    return { applicationId }
  })
}
