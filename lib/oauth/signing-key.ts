import { sql } from 'drizzle-orm'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose'
import type { Database } from '@/db/client'
import { assert } from '@/lib/core/errors'
import { open, seal } from '@/lib/core/seal'
import { env } from '@/lib/env/env'

/** What this server signs with. */
export const SERVER_ALGORITHM = 'ES256'

const SETTING = 'oauth-signing-key'

export type SigningKey = { kid: string; privateKey: CryptoKey; publicJwk: JWK }

/** The installation's signing key: made at the first need, kept sealed for good. Of replicas at once the first one's stays. */
export async function getSigningKey(db: Database): Promise<SigningKey> {
  const found = await findSealed(db)
  if (found) return openKey(found)
  const { privateKey } = await generateKeyPair(SERVER_ALGORITHM, { extractable: true })
  const jwk = await exportJWK(privateKey)
  const sealed = seal(env().secretKeys, 'oauth-signing-key', JSON.stringify(jwk), SETTING)
  await db.execute(sql`insert into settings (name, sealed) values (${SETTING}, ${sealed}) on conflict do nothing`)
  const kept = await findSealed(db)
  assert(kept, 'the signing key was not kept')
  return openKey(kept)
}

async function findSealed(db: Database): Promise<Buffer | null> {
  const [row] = await db.execute<{ sealed: Buffer }>(sql`select sealed from settings where name = ${SETTING}`)
  return row ? Buffer.from(row.sealed) : null
}

async function openKey(sealed: Buffer): Promise<SigningKey> {
  const text = open(env().secretKeys, 'oauth-signing-key', sealed, SETTING)
  assert(text !== null, 'no key of SECRET_KEY opens the signing key; add the key that it was sealed with')
  const { d, ...publicMembers } = JSON.parse(text) as JWK
  const kid = await calculateJwkThumbprint(publicMembers, 'sha256')
  const privateKey = (await importJWK({ ...publicMembers, d } as JWK, SERVER_ALGORITHM)) as CryptoKey
  return { kid, privateKey, publicJwk: { ...publicMembers, kid, use: 'sig', alg: SERVER_ALGORITHM } }
}
