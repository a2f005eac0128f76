import { sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import type { VerificationKey } from './find-public-keys'

export async function findPublicKeys(
  db: Database,
  place: { applicationId: string; environment: string },
): Promise<VerificationKey[]> {
  const rows = await db.execute<VerificationKey>(sql`
    select id, kid, algorithm, jwk from application_public_keys
    where application_id = ${place.applicationId} and environment = ${place.environment} and revoked_at is null
    order by created_at`)
  return [...rows]
}
