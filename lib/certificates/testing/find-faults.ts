import { checkChain } from '../check-chain'
import type { ChainReport } from '../schema'
import { type MadeChain, NOW } from './make-chain'

type Submission = { bytes: string | Uint8Array; anchors?: MadeChain['anchors']; at?: Date }

/** The report of a chain as our own rules see it: OpenSSL says yes to everything, so that no rule hides behind it. */
export async function reportOf({ bytes, anchors = [], at = NOW }: Submission): Promise<ChainReport> {
  const { report } = await checkChain({ bytes, anchors, at, openssl: async () => ({ says: 'accept' }) })
  return report
}

/** Findings as `code@certificate`, without what is merely unchecked. */
export async function faultsOf(made: MadeChain | string | Uint8Array, at: Date = NOW): Promise<string[]> {
  const isMade = typeof made === 'object' && 'pem' in made
  const report = await reportOf(isMade ? { bytes: made.pem, anchors: made.anchors, at } : { bytes: made, at })
  return report.findings
    .filter(({ severity, code }) => severity !== 'unchecked' && (isMade || code !== 'root-unknown'))
    .map(({ code, certificate }) => `${code}@${certificate ?? 'file'}`)
}
