import type { Context } from '@/lib/context/context'
import type { CertificateInput } from '../chain-schema'
import { getChain } from '../get-chain'
import { type CertificateRevocation, type ChainRevocation, judgeRevocation } from './policy'
import * as store from './store'

export type ChainRevocationDetails = ChainRevocation & {
  certificates: (CertificateRevocation & { subject: string; verdict: ChainRevocation['verdict'] })[]
}

/** For the chain's page: what is known of each certificate below the root. @throws NotFound, DomainError `permission-required` */
export async function getChainRevocation(ctx: Context, input: CertificateInput): Promise<ChainRevocationDetails> {
  const chain = await getChain(ctx, input)
  const [found] = await store.readChains(ctx.db, ctx.now, chain.id)
  const policy = (await store.readPolicies(ctx.db))[chain.environment]
  const certificates = (found?.certificates ?? []).map((certificate) => ({
    ...certificate,
    subject: chain.certificates[certificate.position]?.subject ?? '',
    verdict: judgeRevocation([certificate], policy, ctx.now).verdict,
  }))
  return { ...judgeRevocation(certificates, policy, ctx.now), certificates }
}
