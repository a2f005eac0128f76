import { getApplicationFor } from '@/lib/applications/access'
import type { Context } from '@/lib/context/context'
import { notFound } from '@/lib/core/errors'
import { bumpTrustStore } from './bump-trust-store'
import type { RevokeChainInput } from './chain-schema'
import * as store from './chain-store'
import { recordChainEvent } from './record-chain-event'

/**
 * Ends a chain for good, with the next request that its certificate is presented in. No step-up, and no lock that a
 * submission may hold: who sees a leak must be able to close it at once. Revoking again succeeds and changes nothing.
 * Chains that it was to replace go on. Mutual TLS stays the only way where it is. @throws NotFound, DomainError `permission-required`
 */
export async function revokeChain(ctx: Context, input: RevokeChainInput): Promise<{ certificateId: string }> {
  const { certificateId, reason } = input

  return ctx.db.transaction(async (tx) => {
    const chain = await store.findChain(tx, certificateId, ctx.now)
    if (!chain) throw notFound(`no chain ${certificateId}`)
    const { applicationId, environment, state } = chain
    await getApplicationFor({ ...ctx, db: tx }, { applicationId }, 'certificates.revoke', environment)
    if (await store.revokeChain(tx, certificateId, reason, ctx.now)) {
      await bumpTrustStore(tx, ctx.now)
      const data = { reason, was: state }
      await recordChainEvent(tx, ctx, {
        action: 'certificate.revoked',
        applicationId,
        environment,
        subjectId: certificateId,
        data,
      })
      for (const subjectId of await store.liftEnds(tx, certificateId, ctx.now)) {
        const lifted = { replacementRevoked: certificateId }
        await recordChainEvent(tx, ctx, {
          action: 'certificate.end-lifted',
          applicationId,
          environment,
          subjectId,
          data: lifted,
        })
      }
    }
    return { certificateId }
  })
}
