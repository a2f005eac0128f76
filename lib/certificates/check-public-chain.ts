import { countFailures } from '@/lib/access/count-failures'
import type { Context } from '@/lib/context/context'
import { DomainError } from '@/lib/core/errors'
import { MINUTE, SECOND, secondsUntil } from '@/lib/core/time'
import { listAnchorCertificates } from './anchor-store'
import { checkChain } from './check-chain'
import { type ChainForm, type ChainReport, MAX_BYTES } from './schema'

const CHECKS = 30
const WINDOW_SECONDS = (10 * MINUTE) / SECOND

/**
 * The report for anybody, without an account: nothing of the chain is stored or logged. Trusted are the anchors of every
 * environment. @throws DomainError `too-many-checks` from one address
 */
export async function checkPublicChain(ctx: Context, input: ChainForm): Promise<{ report: ChainReport; at: string }> {
  await limitChecks(ctx)
  const anchors = await listAnchorCertificates(ctx.db)
  const { report } = await checkChain({ bytes: await bytesOf(input), anchors, at: ctx.now })
  return { report, at: ctx.now.toISOString() }
}

async function bytesOf({ chain, 'chain-file': file }: ChainForm): Promise<Uint8Array | string> {
  if (!file || file.size === 0) return chain
  return new Uint8Array(await file.slice(0, MAX_BYTES + 1).arrayBuffer())
}

async function limitChecks(ctx: Context): Promise<void> {
  const key = `chain-check:${ctx.address ?? 'unknown'}`
  const window = (await countFailures(ctx.db, [{ key, count: 1 }], ctx.now, WINDOW_SECONDS)).get(key)
  if (!window || window.failures <= CHECKS) return
  const message = 'Too many checks from here. Wait some minutes, or check on the command line.'
  throw new DomainError('rate-limited', 'too-many-checks', message, {
    retryAfterSeconds: secondsUntil(window.windowEndsAt, ctx.now),
  })
}
