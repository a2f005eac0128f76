import { requireStepUp } from '@/lib/access/require'
import { getApplicationFor } from '@/lib/applications/access'
import { withApproval } from '@/lib/approvals/with-approval'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { notFound } from '@/lib/core/errors'
import { addMs, HOUR } from '@/lib/core/time'
import { secretHasEnded, secretHasNoEnd } from './errors'
import type { ChooseRetirementInput } from './schema'
import * as store from './store'

/**
 * Lets a secret that is being replaced end before its overlap has run out, once nobody has used it for so many hours; or
 * takes that back. The hours count from the choice on. What lets it live longer needs what putting off its end does.
 * @throws NotFound, DomainError `permission-required`, `step-up-required`, `second-member-required`, `secret-ended`,
 * `secret-has-no-end`
 */
export async function chooseRetirement(ctx: Context, input: ChooseRetirementInput): Promise<{ secretId: string }> {
  const { secretId, unusedHours } = input

  return withApproval(ctx, async (tx, requireApproval) => {
    const secret = await store.findSecret(tx, secretId)
    if (!secret) throw notFound(`no secret ${secretId}`)
    const { applicationId, environment } = secret
    await getApplicationFor({ ...ctx, db: tx }, secret, 'credentials.rotate', environment)
    if (isLoosened(await store.lockRetirement(tx, secretId, ctx.now), unusedHours, ctx.now)) {
      requireStepUp(ctx)
      const when =
        unusedHours === null ? 'not retired before its end' : `retired once unused for ${unusedHours} h from then`
      const permission = 'credentials.rotate'
      await requireApproval({ applicationId, environment, permission, subject: `${secretId}: ${when}` })
    }
    if (!(await store.chooseRetirement(tx, secretId, unusedHours, ctx.now))) {
      throw (await store.findLive(tx, secretId, ctx.now)) ? secretHasNoEnd() : secretHasEnded()
    }
    await recordEvent(tx, ctx, {
      action: 'secret.retirement-chosen',
      ...secret,
      subjectId: secretId,
      data: { unusedHours },
    })
    return { secretId }
  })
}

/** Whether the secret, if nobody uses it, may live longer than by the choice before. */
function isLoosened(before: store.Retirement | null, unusedHours: number | null, now: Date): boolean {
  if (before === null) return false
  return unusedHours === null || addMs(now, unusedHours * HOUR) > addMs(before.chosenAt, before.unusedHours * HOUR)
}
