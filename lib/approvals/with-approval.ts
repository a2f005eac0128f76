import type { Transaction } from '@/db/client'
import { listPeopleAllowed } from '@/lib/applications/list-people-allowed'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { newId } from '@/lib/core/ids'
import { addDays } from '@/lib/core/time'
import { env } from '@/lib/env/env'
import { sendMail } from '@/lib/people/send-mail'
import { requestLimitReached, secondMemberMissing, secondMemberRequired } from './errors'
import { type Act, REQUEST_DAYS } from './schema'
import * as store from './store'

/** Passes where the act needs no second member, or uses up one approval of it. Otherwise the transaction ends. */
export type RequireApproval = (act: Act) => Promise<void>

/** Ends the transaction around it; never seen outside `withApproval`. */
class ApprovalNeeded extends Error {
  readonly act: Act
  constructor(act: Act) {
    super(`a second member has to approve ${act.permission}`)
    this.act = act
  }
}

/**
 * A transaction for an act that a second member may have to approve. `requireApproval` is called after the person's own
 * permission and step-up; the approval is used up in the very transaction of the act, so that an act which fails leaves it.
 * Where there is none the transaction is undone, and only then the request is written, in one of its own: who may
 * approve is told once, however often the person tries. The command line holds the machine and needs nobody.
 * @throws DomainError `second-member-required`, `second-member-missing`, `approval-limit-reached`
 */
export async function withApproval<T>(
  ctx: Context,
  work: (tx: Transaction, requireApproval: RequireApproval) => Promise<T>,
): Promise<T> {
  try {
    return await ctx.db.transaction((tx) => work(tx, (act) => spendApproval(tx, ctx, act)))
  } catch (error) {
    if (!(error instanceof ApprovalNeeded)) throw error
    await askForApproval(ctx, error.act)
    throw secondMemberRequired()
  }
}

async function spendApproval(tx: Transaction, ctx: Context, act: Act): Promise<void> {
  if (ctx.actor.kind !== 'person' || act.environment !== 'production') return
  if (!(await store.isUnderFourEyes(tx, act.applicationId))) return
  const { personId } = ctx.actor
  const approvers = (await listApprovers(tx, act, personId)).map((person) => person.personId)
  const used = await store.spendApproval(tx, act, { personId, approvers }, ctx.now)
  if (!used) throw new ApprovalNeeded(act)
  await recordEvent(tx, ctx, {
    action: 'approval.used',
    customerId: (await store.findApplication(tx, act.applicationId))?.customerId,
    applicationId: act.applicationId,
    environment: act.environment,
    subjectId: used.requestId,
    personId: used.approvedBy,
    data: { permission: act.permission, subject: act.subject },
  })
}

async function askForApproval(ctx: Context, act: Act): Promise<void> {
  if (ctx.actor.kind !== 'person') return
  const { personId } = ctx.actor
  await ctx.db.transaction(async (tx) => {
    await store.lockApplication(tx, act.applicationId)
    const approvers = await listApprovers(tx, act, personId)
    if (approvers.length === 0) throw secondMemberMissing()
    const request = {
      ...act,
      id: newId('approval'),
      requestedBy: personId,
      expiresAt: addDays(ctx.now, REQUEST_DAYS),
    }
    const outcome = await store.openRequest(tx, request, ctx.now)
    if (outcome === 'limit') throw requestLimitReached()
    if (outcome === 'kept') return
    const application = await store.findApplication(tx, act.applicationId)
    await recordEvent(tx, ctx, {
      action: 'approval.requested',
      customerId: application?.customerId,
      applicationId: act.applicationId,
      environment: act.environment,
      subjectId: request.id,
      data: { permission: act.permission, subject: act.subject },
    })
    const asker = await store.findAddressee(tx, personId)
    for (const approver of approvers) {
      await sendMail(tx, approver, 'approval-requested', {
        person: asker?.name ?? '',
        application: application?.name ?? '',
        link: new URL(`/applications/${act.applicationId}/team`, env().publicUrl).href,
      })
    }
  })
}

async function listApprovers(tx: Transaction, act: Act, personId: string) {
  const allowed = await listPeopleAllowed(tx, act.applicationId, 'four-eyes.approve', act.environment)
  return allowed.filter((person) => person.personId !== personId)
}
