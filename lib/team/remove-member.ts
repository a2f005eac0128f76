import type { Transaction } from '@/db/client'
import { requirePerson, requireStepUp } from '@/lib/access/require'
import { holdApplication, requirePermission } from '@/lib/applications/access'
import { listPeopleAllowed } from '@/lib/applications/list-people-allowed'
import type { Application } from '@/lib/applications/schema'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { notFound } from '@/lib/core/errors'
import { listSecretsSeenBy } from '@/lib/credentials/list-secrets-seen-by'
import { env } from '@/lib/env/env'
import { sendMail } from '@/lib/people/send-mail'
import { lastOwner, notByTeam } from './errors'
import { actionToGive } from './give-role'
import type { MemberInput, TeamInput } from './schema'
import * as store from './store'

/**
 * The member has lost the application with their next request, and the owners learn what that person has seen.
 * @throws NotFound, DomainError `permission-required`, `step-up-required`, `last-owner`
 */
export async function removeMember(ctx: Context, input: MemberInput): Promise<{ memberId: string }> {
  return ctx.db.transaction(async (tx) => {
    const application = await holdApplication(tx, ctx, input, 'team.manage')
    const member = await store.findMember(tx, application.id, { memberId: input.memberId })
    if (!member || member.endedAt) throw notFound(`no member ${input.memberId} of ${application.id}`)
    requirePermission(application.role, actionToGive(member.role))
    requireStepUp(ctx)
    await endPlace(tx, ctx, application, member, 'member.removed')
    const person = await store.findAddressee(tx, member.personId)
    if (person) await sendMail(tx, person, 'member-removed', { application: application.name })
    return { memberId: member.memberId }
  })
}

/**
 * The person's own place in the team. Who has their role by the business keeps it.
 * @throws NotFound, DomainError `step-up-required`, `not-by-team`, `last-owner`
 */
export async function leaveApplication(ctx: Context, input: TeamInput): Promise<{ memberId: string }> {
  const { personId } = requirePerson(ctx).actor

  return ctx.db.transaction(async (tx) => {
    const application = await holdApplication(tx, ctx, input, 'application.read')
    const member = await store.findMember(tx, application.id, { personId })
    if (!member) throw notByTeam()
    requireStepUp(ctx)
    await endPlace(tx, ctx, application, member, 'member.left')
    return { memberId: member.memberId }
  })
}

type Place = Pick<Application, 'id' | 'name' | 'customerId'>

async function endPlace(
  tx: Transaction,
  ctx: Context,
  application: Place,
  member: store.FoundMember,
  action: 'member.removed' | 'member.left',
): Promise<void> {
  const by = ctx.actor.kind === 'person' ? ctx.actor.personId : null
  // Before the end: who leaves may not ask afterwards.
  const seen = await listSecretsSeenBy({ ...ctx, db: tx }, { applicationId: application.id, personId: member.personId })
  if (!(await store.endMember(tx, member.memberId, by, ctx.now))) throw lastOwner()
  await recordEvent(tx, ctx, {
    action,
    customerId: application.customerId,
    applicationId: application.id,
    subjectId: member.memberId,
    personId: member.personId,
    data: { role: member.role, liveSecretsSeen: seen.length },
  })
  const gone = await store.findAddressee(tx, member.personId)
  for (const owner of await listPeopleAllowed(tx, application.id, 'team.manage-owners')) {
    if (owner.personId === by) continue
    await sendMail(tx, owner, 'member-gone', {
      person: gone?.name ?? '',
      application: application.name,
      count: String(seen.length),
      link: new URL(`/applications/${application.id}/team/${member.memberId}`, env().publicUrl).href,
    })
  }
}
