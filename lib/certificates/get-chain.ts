import { getApplicationFor } from '@/lib/applications/access'
import type { Context } from '@/lib/context/context'
import { notFound } from '@/lib/core/errors'
import type { CertificateInput, ChainSummary, StoredCertificate } from './chain-schema'
import * as store from './chain-store'
import type { ChainReport } from './schema'

/** `report` is the one of its submission. */
export type Chain = ChainSummary & { report: ChainReport; certificates: StoredCertificate[] }

/** @throws NotFound, DomainError `permission-required` */
export async function getChain(ctx: Context, input: CertificateInput): Promise<Chain> {
  const chain = await store.findChain(ctx.db, input.certificateId, ctx.now)
  if (!chain) throw notFound(`no chain ${input.certificateId}`)
  await getApplicationFor(ctx, chain, 'certificates.read', chain.environment)
  const { report, certificates } = await store.findContent(ctx.db, chain.id)
  return { ...chain, report: report as ChainReport, certificates }
}
