import { sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { sha256 } from '@/lib/core/secrets'

type Proof = { kind: 'assertion' | 'dpop'; applicationId: string; key: string; jti: string; expiresAt: Date }

/**
 * Whether an assertion or a proof is presented for the first time: of any number at once one statement wins. It is kept
 * until it would be refused as too old anyway (RFC 7523 §3, RFC 9449 §11.1).
 */
export async function spendProof(db: Database, { kind, applicationId, key, jti, expiresAt }: Proof): Promise<boolean> {
  const spent = await db.execute(sql`
    insert into spent_proofs (application_id, proof_hash, expires_at)
    values (${applicationId}, ${sha256(JSON.stringify([kind, key, jti]))}, ${expiresAt.toISOString()}::timestamptz)
    on conflict do nothing returning 1 as first`)
  return spent.length === 1
}
