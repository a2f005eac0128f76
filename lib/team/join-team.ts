import type { Transaction } from '@/db/client'
import type { ApplicationRole } from '@/lib/access/permissions'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { newId } from '@/lib/core/ids'
import { youAreMember } from './errors'
import * as store from './store'

/** The place that an accepted invitation gives. @throws DomainError `you-are-member`, which undoes the acceptance */
export async function joinTeam(
  tx: Transaction,
  ctx: Context,
  place: { applicationId: string; personId: string; role: ApplicationRole; invitedBy: string },
): Promise<void> {
  const { applicationId, personId, role, invitedBy } = place
  const member = { id: newId('member'), applicationId, personId, role, createdBy: invitedBy }
  if (!(await store.insertMember(tx, member, ctx.now))) throw youAreMember()
  await recordEvent(tx, ctx, {
    action: 'member.joined',
    customerId: await store.customerOf(tx, applicationId),
    applicationId,
    subjectId: member.id,
    personId,
    data: { role },
  })
}
