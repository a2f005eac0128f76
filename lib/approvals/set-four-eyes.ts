import { requireStepUp } from '@/lib/access/require'
import { holdApplication } from '@/lib/applications/access'
import { listPeopleAllowed } from '@/lib/applications/list-people-allowed'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { secondMemberMissing } from './errors'
import type { SetFourEyesInput } from './schema'
import * as store from './store'
import { withApproval } from './with-approval'

/**
 * An owner decides that production secrets and certificates need a second member, once there is one; to undo that needs the
 * second member as well.
 * @throws NotFound, DomainError `permission-required`, `step-up-required`, `second-member-missing`,
 * `second-member-required`
 */
export async function setFourEyes(ctx: Context, input: SetFourEyesInput): Promise<{ isOn: boolean }> {
  const isOn = input.on === 'on'

  return withApproval(ctx, async (tx, requireApproval) => {
    const application = await holdApplication(tx, ctx, input, 'four-eyes.change')
    const applicationId = application.id
    requireStepUp(ctx)
    if (isOn) {
      const personId = ctx.actor.kind === 'person' ? ctx.actor.personId : null
      const allowed = await listPeopleAllowed(tx, applicationId, 'four-eyes.approve')
      if (!allowed.some((person) => person.personId !== personId)) throw secondMemberMissing()
    } else {
      await requireApproval({ ...TURNING_OFF, applicationId })
    }
    if (await store.setFourEyes(tx, applicationId, isOn ? ctx.now : null)) {
      await recordEvent(tx, ctx, {
        action: isOn ? 'four-eyes.turned-on' : 'four-eyes.turned-off',
        customerId: application.customerId,
        applicationId,
        subjectId: applicationId,
      })
    }
    return { isOn }
  })
}

const TURNING_OFF = { environment: 'production', permission: 'four-eyes.change', subject: 'turn it off' } as const
