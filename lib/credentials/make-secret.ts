import { requireStepUp } from '@/lib/access/require'
import { holdEnvironment } from '@/lib/applications/hold-environment'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { newId } from '@/lib/core/ids'
import { newApplicationSecret } from '@/lib/core/secrets'
import { secretLimitReached } from './errors'
import type { MadeSecret, MakeSecretInput } from './schema'
import * as store from './store'

/**
 * One more Application Secret beside those that live. Its plaintext is in this answer and nowhere else, ever.
 * @throws DomainError `step-up-required`, `secret-limit-reached`
 */
export async function makeSecret(ctx: Context, input: MakeSecretInput): Promise<MadeSecret> {
  const { environment } = input

  return ctx.db.transaction(async (tx) => {
    const { applicationId, customerId, clientId } = await holdEnvironment(tx, ctx, input)
    requireStepUp(ctx)
    const secret = newApplicationSecret(environment)
    const secretId = newId('secret')
    const createdBy = ctx.actor.kind === 'person' ? ctx.actor.personId : null
    const row = { id: secretId, applicationId, environment, hash: secret.hash, hint: secret.hint, createdBy }
    if (!(await store.insertSecretWithinLimit(tx, row, ctx.now))) throw secretLimitReached()
    await recordEvent(tx, ctx, {
      action: 'secret.made',
      customerId,
      applicationId,
      environment,
      subjectId: secretId,
      data: { hint: secret.hint },
    })
    return { secretId, applicationId, clientId, clientSecret: secret.plaintext, hint: secret.hint, environment }
  })
}
