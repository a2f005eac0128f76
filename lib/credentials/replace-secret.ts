import { requireStepUp } from '@/lib/access/require'
import { holdEnvironment } from '@/lib/applications/access'
import { withApproval } from '@/lib/approvals/with-approval'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { assert, notFound } from '@/lib/core/errors'
import { enterSecret } from './enter-secret'
import { secretHasEnded, secretWasUsed } from './errors'
import type { MadeSecret, SecretInput } from './schema'
import * as store from './store'

/**
 * For a secret whose only showing was missed: the answer was lost on its way, or the page was closed. Another takes its
 * place, with the same end, and it is revoked; whatever it was to replace keeps its overlap.
 * @throws NotFound, DomainError `permission-required`, `step-up-required`, `second-member-required`, `secret-ended`,
 * `secret-used`
 */
export async function replaceSecret(ctx: Context, input: SecretInput): Promise<MadeSecret> {
  const { secretId } = input

  return withApproval(ctx, async (tx, requireApproval) => {
    const secret = await store.findSecret(tx, secretId)
    if (!secret) throw notFound(`no secret ${secretId}`)
    const { environment } = secret
    const held = await holdEnvironment(tx, ctx, secret, 'credentials.rotate')
    requireStepUp(ctx)
    await requireApproval({
      applicationId: held.applicationId,
      environment,
      permission: 'credentials.rotate',
      subject: `in place of ${secretId}, whose showing was missed`,
    })
    const lost = await store.revokeUnused(tx, secretId, ctx.now)
    if (!lost) throw (await store.findLive(tx, secretId, ctx.now)) ? secretWasUsed() : secretHasEnded()
    const made = await enterSecret(tx, ctx, { ...held, environment }, 'replaced', (row) =>
      store.insertSecretWithinLimit(tx, { ...row, endsAt: lost.endsAt }, ctx.now),
    )
    assert(made, 'one has just been revoked: there is room')
    const event = { customerId: held.customerId, applicationId: held.applicationId, environment }
    await recordEvent(tx, ctx, {
      ...event,
      action: 'secret.revoked',
      subjectId: secretId,
      data: { keepsTokens: false },
    })
    await recordEvent(tx, ctx, {
      ...event,
      action: 'secret.replaced',
      subjectId: made.secretId,
      data: { hint: made.hint, lost: secretId },
    })
    return made
  })
}
