import { sql } from 'drizzle-orm'
import type { Database, Transaction } from '@/db/client'
import { trustAnchors } from '@/db/schema/certificates'
import type { Environment } from '@/lib/core/secrets'
import type { TrustAnchor } from './chain-schema'

/** False where the environment has it already. */
export async function insertAnchor(tx: Transaction, row: typeof trustAnchors.$inferInsert): Promise<boolean> {
  const rows = await tx
    .insert(trustAnchors)
    .values(row)
    .onConflictDoNothing({ target: [trustAnchors.environment, trustAnchors.sha256], where: sql`removed_at is null` })
    .returning({ id: trustAnchors.id })
  return rows.length === 1
}

/** What was removed; null where there is no such anchor, or no longer. */
export async function removeAnchor(
  tx: Transaction,
  anchorId: string,
  now: Date,
): Promise<{ environment: Environment; sha256: Buffer; chains: number } | null> {
  const [row] = await tx.execute<{ environment: Environment; sha256: Buffer; chains: number }>(sql`
    update trust_anchors a set removed_at = ${now.toISOString()}::timestamptz
    where id = ${anchorId} and removed_at is null
    returning environment, sha256, ${chainsOf(now)} as chains`)
  return row ? { ...row, sha256: Buffer.from(row.sha256) } : null
}

/** Those of today, sandbox first. */
export async function listAnchors(db: Database, now: Date): Promise<TrustAnchor[]> {
  const rows = await db.execute<{
    id: string
    environment: Environment
    owner: string
    purpose: string
    subject: string
    sha256: string
    not_before: string
    not_after: string
    created_at: string
    chains: number
  }>(sql`
    select id, environment, owner, purpose, subject, encode(sha256, 'hex') as sha256, not_before, not_after, created_at,
      ${chainsOf(now)} as chains
    from trust_anchors a where removed_at is null
    order by environment desc, owner, created_at, id`)
  return rows.map((row) => ({
    id: row.id,
    environment: row.environment,
    owner: row.owner,
    purpose: row.purpose,
    subject: row.subject,
    sha256: row.sha256,
    notBefore: new Date(row.not_before),
    notAfter: new Date(row.not_after),
    createdAt: new Date(row.created_at),
    chains: row.chains,
  }))
}

/** DER of each: what a chain of that environment may end in. */
export async function anchorsOf(db: Database, environment: Environment): Promise<Buffer[]> {
  const rows = await db.execute<{ der: Buffer }>(sql`
    select der from trust_anchors where environment = ${environment} and removed_at is null order by created_at, id`)
  return rows.map(({ der }) => Buffer.from(der))
}

/** Of the anchor `a`: approved chains that have not ended. */
function chainsOf(now: Date) {
  const at = now.toISOString()
  return sql`(
    select count(*)::int from certificate_chains c
    where c.environment = a.environment and c.root_sha256 = a.sha256 and c.approved_at is not null
      and c.revoked_at is null and c.not_after > ${at}::timestamptz
      and (c.ends_at is null or c.ends_at > ${at}::timestamptz))`
}
