import type { Database } from '@/db/client'
import type { PublicKeyAlgorithm } from './public-key-schema'
import * as store from './public-key-store'

export type VerificationKey = { id: string; kid: string; algorithm: PublicKeyAlgorithm; jwk: Record<string, unknown> }

/** The keys that an application's client assertions are verified with at this moment: none has ended or is revoked. */
export function findPublicKeys(
  db: Database,
  place: { applicationId: string; environment: string },
  now: Date,
): Promise<VerificationKey[]> {
  return store.findPublicKeys(db, place, now)
}
