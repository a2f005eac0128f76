import { APPLICATION_ROLE_WORDS } from '@/lib/access/permissions'
import { requireStepUp } from '@/lib/access/require'
import { holdApplication, requirePermission } from '@/lib/applications/access'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { notFound } from '@/lib/core/errors'
import { sendMail } from '@/lib/people/send-mail'
import { lastOwner } from './errors'
import { actionToGive } from './give-role'
import type { ChangeRoleInput } from './schema'
import * as store from './store'

/**
 * Counts from the member's next request. To make an owner, or to make one something else, takes an owner.
 * @throws NotFound, DomainError `permission-required`, `step-up-required`, `last-owner`
 */
export async function changeRole(ctx: Context, input: ChangeRoleInput): Promise<{ memberId: string }> {
  const { memberId, role } = input

  return ctx.db.transaction(async (tx) => {
    const application = await holdApplication(tx, ctx, input, actionToGive(role))
    const member = await store.findMember(tx, application.id, { memberId })
    if (!member || member.endedAt) throw notFound(`no member ${memberId} of ${application.id}`)
    requirePermission(application.role, actionToGive(member.role))
    requireStepUp(ctx)
    if (member.role === role) return { memberId }
    if (!(await store.changeRole(tx, memberId, role))) throw lastOwner()
    await recordEvent(tx, ctx, {
      action: 'member.role-changed',
      customerId: application.customerId,
      applicationId: application.id,
      subjectId: memberId,
      personId: member.personId,
      data: { from: member.role, to: role },
    })
    const person = await store.findAddressee(tx, member.personId)
    if (person) {
      await sendMail(tx, person, 'role-changed', {
        application: application.name,
        role: APPLICATION_ROLE_WORDS[role].label,
      })
    }
    return { memberId }
  })
}
