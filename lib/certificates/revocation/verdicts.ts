import type { Database } from '@/db/client'
import { currentTime } from '@/lib/context/clock'
import type { Environment } from '@/lib/core/secrets'
import { addMs, SECOND } from '@/lib/core/time'
import { certificateRevocationUnknown, certificateRevokedByAuthority } from '../handshake-errors'
import {
  type CertificateRevocation,
  type ChainRevocation,
  DEFAULT_POLICIES,
  judgeRevocation,
  type RevocationPolicy,
} from './policy'
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

/** A chain that a client was found to have: where, and since when it counts. */
export type FoundChain = { environment: Environment; approvedAt: Date | null }

/** Every replica has read a chain again by then, unless it cannot read. */
const READ_WITHIN_MS = 2 * SECOND

/**
 * What is known of the chains of a leaf (lower-case hex), in the environment of the chain that was found or in whichever is best
 * for it; from memory alone. Null for a leaf that is in no chain here, or in one that was accepted a moment ago, with the check of its
 * submission. One that memory should have had by now is judged like one that no authority has answered for: memory may have
 * stopped being read.
 */
export function revocationOf(leaf: string, now: Date, found?: FoundChain): ChainRevocation | null {
  const { policies, chains } = memory()
  const known = (chains.get(leaf) ?? []).filter((chain) => !found || chain.environment === found.environment)
  const judged = known.map((chain) => judgeRevocation(chain.certificates, policies[chain.environment], now))
  const best = judged.find(({ allowed }) => allowed) ?? judged[0]
  if (best || !found?.approvedAt || now < addMs(found.approvedAt, READ_WITHIN_MS)) return best ?? null
  return judgeRevocation([unreadLeaf(found.approvedAt)], policies[found.environment], now)
}

function unreadLeaf(since: Date): CertificateRevocation {
  const nothing = { status: null, revokedAt: null, reason: null, checkedAt: null, nextUpdate: null }
  return { position: 0, sources: null, ...nothing, since }
}

/** @throws DomainError `certificate-revoked`, `certificate-revocation-unknown` */
export function requireAllowed(revocation: ChainRevocation | null): void {
  if (!revocation || revocation.allowed) return
  const { verdict, certificate } = revocation
  if (verdict === 'revoked') {
    throw certificateRevokedByAuthority(
      certificate?.position === 0,
      certificate?.revokedAt ?? null,
      certificate?.reason ?? null,
    )
  }
  throw certificateRevocationUnknown(certificate?.position === 0, certificate?.checkedAt ?? null)
}
