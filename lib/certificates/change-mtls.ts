import { requirePerson, requireStepUp } from '@/lib/access/require'
import { holdEnvironment } from '@/lib/applications/access'
import { withApproval } from '@/lib/approvals/with-approval'
import type { Context } from '@/lib/context/context'
import type { ChangeMtlsInput } from './chain-schema'
import { isUsable } from './chain-state'
import * as store from './chain-store'
import { certificateRequired } from './errors'
import { recordChainEvent } from './record-chain-event'

/**
 * Whether mutual TLS is the only way for an application in one environment. The first active certificate says yes by
 * itself; only a person with a fresh proof says no, and nothing that expires or is revoked does.
 * @throws NotFound, DomainError `permission-required`, `step-up-required`, `second-member-required`, `certificate-required`
 */
export async function changeMtls(ctx: Context, input: ChangeMtlsInput): Promise<{ required: boolean }> {
  const { environment } = input
  const required = input.required === 'on'
  if (!required) requirePerson(ctx)

  return withApproval(ctx, async (tx, requireApproval) => {
    const { applicationId, customerId } = await holdEnvironment(tx, ctx, input, 'certificates.submit')
    requireStepUp(ctx)
    const place = { applicationId, environment }
    const subject = `mutual TLS ${required ? 'required' : 'optional'}`
    await requireApproval({ ...place, permission: 'certificates.submit', subject })
    const chains = await store.listChains(tx, place, ctx.now)
    if (required && !chains.some(({ state }) => isUsable(state))) throw certificateRequired()
    if (await store.setMtlsRequired(tx, place, required)) {
      await recordChainEvent(tx, ctx, {
        action: required ? 'mtls.required' : 'mtls.made-optional',
        customerId,
        ...place,
        subjectId: applicationId,
      })
    }
    return { required }
  })
}
