import type { Database } from '@/db/client'
import { currentTime } from '@/lib/context/clock'
import type { Environment } from '@/lib/core/secrets'
import { certificateRevocationUnknown, certificateRevokedByAuthority } from '../handshake-errors'
import { type ChainRevocation, DEFAULT_POLICIES, judgeRevocation, type RevocationPolicy } from './policy'
import { type ChainInMemory, readChains, readPolicies, revocationVersion } from './store'

type Memory = {
  version: string | null
  policies: Record<Environment, RevocationPolicy>
  chains: ReadonlyMap<string, ChainInMemory[]>
}

const KEY = Symbol.for('countersign.revocation')
type Holder = { [KEY]?: Memory }

function memory(): Memory {
  return (globalThis as Holder)[KEY] ?? { version: null, policies: DEFAULT_POLICIES, chains: new Map() }
}

/**
 * Run every 500 ms: one small read, and all of it again when a number has grown. The numbers are read first: what changes meanwhile
 * is read again under the next.
 */
export async function refreshRevocation(db: Database): Promise<void> {
  const version = await revocationVersion(db)
  if (version === memory().version) return
  const [policies, chains] = [await readPolicies(db), await readChains(db, currentTime())]
  const byLeaf = new Map<string, ChainInMemory[]>()
  for (const chain of chains) byLeaf.set(chain.leaf, [...(byLeaf.get(chain.leaf) ?? []), chain])
  ;(globalThis as Holder)[KEY] = { version, policies, chains: byLeaf }
}

/**
 * What is known of the chains of a leaf (lower-case hex), in one environment or in whichever is best for it; from memory alone.
 * Null for a leaf that is in no chain here: it is nobody's, or its chain was accepted within the last half second, with the
 * check of its submission. @throws DomainError `certificate-revoked`, `certificate-revocation-unknown`
 */
export function requireNotRevoked(leaf: string, now: Date, environment?: Environment): ChainRevocation | null {
  const { policies, chains } = memory()
  const found = (chains.get(leaf) ?? []).filter(
    (chain) => environment === undefined || chain.environment === environment,
  )
  const judged = found.map((chain) => judgeRevocation(chain.certificates, policies[chain.environment], now))
  const best = judged.find(({ allowed }) => allowed) ?? judged[0]
  if (!best) return null
  if (best.allowed) return best
  const { certificate } = best
  if (best.verdict === 'revoked') {
    throw certificateRevokedByAuthority(
      certificate?.position === 0,
      certificate?.revokedAt ?? null,
      certificate?.reason ?? null,
    )
  }
  throw certificateRevocationUnknown(certificate?.position === 0, certificate?.checkedAt ?? null)
}
