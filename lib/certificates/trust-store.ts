import { sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { addDays } from '@/lib/core/time'
import { trustStoreVersion } from './bump-trust-store'

export type TrustStore = {
  version: number
  /** DER: trust anchors of all environments, and the intermediates of chains that count or will. */
  certificates: Buffer[]
  /** Leaves (SHA-256, lower-case hex) that counted once and do not any more: what led them to a root is not among them. */
  ended: ReadonlyMap<string, EndedState>
}
export type EndedState = 'revoked' | 'superseded' | 'expired'

/** Whoever still presents a leaf after that is told that nothing leads to a root. */
const REMEMBERED_DAYS = 180

/**
 * What a TLS listener verifies clients against. Which leaf counts for whom is decided later, for each request; this only
 * decides whose handshake leads to a root. The version is read first: what changes meanwhile is read again under the next.
 */
export async function readTrustStore(db: Database, now: Date): Promise<TrustStore> {
  const version = await trustStoreVersion(db)
  const at = now.toISOString()
  const rows = await db.execute<{ der: Buffer }>(sql`
    select distinct on (sha256) der from (
      select sha256, der from trust_anchors where removed_at is null and not_after > ${at}::timestamptz
      union all
      select i.sha256, i.der from chain_certificates i join certificate_chains c on c.id = i.chain_id
      where i.position > 0 and i.sha256 <> c.root_sha256 and i.not_after > ${at}::timestamptz
        and c.approved_at is not null and c.revoked_at is null and c.not_after > ${at}::timestamptz
        and (c.ends_at is null or c.ends_at > ${at}::timestamptz)
    ) trusted order by sha256`)
  return { version, certificates: rows.map(({ der }) => Buffer.from(der)), ended: await readEnded(db, now) }
}

/** As `chainState` has it, of the latest chain of each leaf that no chain lets in. */
async function readEnded(db: Database, now: Date): Promise<Map<string, EndedState>> {
  const at = now.toISOString()
  const since = addDays(now, -REMEMBERED_DAYS).toISOString()
  const rows = await db.execute<{ leaf: string; state: EndedState }>(sql`
    select encode(leaf_sha256, 'hex') as leaf, (array_agg(state order by submitted_at desc))[1] as state from (
      select leaf_sha256, submitted_at, least(revoked_at, ends_at, not_after) as ended_at,
        case when revoked_at is not null then 'revoked'
          when ends_at <= ${at}::timestamptz and ends_at <= not_after then 'superseded'
          when not_after <= ${at}::timestamptz then 'expired' end as state
      from certificate_chains where approved_at is not null and refused_at is null
    ) chain
    group by leaf_sha256 having bool_and(state is not null) and max(ended_at) > ${since}::timestamptz`)
  return new Map(rows.map(({ leaf, state }) => [leaf, state]))
}

/** Of these leaves (lower-case hex), those that were revoked for every environment that had them. */
export async function revokedAmong(db: Database, leaves: readonly string[], now: Date): Promise<string[]> {
  const rows = await db.execute<{ leaf: string }>(sql`
    select encode(leaf_sha256, 'hex') as leaf from certificate_chains
    where leaf_sha256 in (select decode(hex, 'hex') from jsonb_array_elements_text(${JSON.stringify(leaves)}::jsonb) as t (hex))
    group by leaf_sha256
    having bool_or(revoked_at is not null) and not bool_or(
      revoked_at is null and refused_at is null and (ends_at is null or ends_at > ${now.toISOString()}::timestamptz))`)
  return rows.map(({ leaf }) => leaf)
}
