import type { Context } from '@/lib/context/context'
import { anchorsOf } from './anchor-store'
import { checkChain } from './check-chain'
import { limitPublicChecks } from './limit-checks'
import { type ChainForm, type ChainReport, MAX_BYTES } from './schema'

/**
 * The report for anybody, without an account: nothing of the chain is stored or logged. Trusted are the anchors of the
 * environment that was chosen. @throws DomainError `too-many-checks` from one address
 */
export async function checkPublicChain(
  ctx: Context,
  input: ChainForm,
): Promise<{ report: ChainReport; at: string; environment: ChainForm['environment'] }> {
  await limitPublicChecks(ctx)
  const { environment } = input
  const anchors = (await anchorsOf(ctx.db, environment)).map((der) => ({ der }))
  const { report } = await checkChain({ bytes: await bytesOf(input), anchors, at: ctx.now })
  return { report, at: ctx.now.toISOString(), environment }
}

async function bytesOf({ chain, 'chain-file': file }: ChainForm): Promise<Uint8Array | string> {
  if (!file || file.size === 0) return chain
  return new Uint8Array(await file.slice(0, MAX_BYTES + 1).arrayBuffer())
}
