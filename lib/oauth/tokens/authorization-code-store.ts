import { type SQL, sql } from 'drizzle-orm'
import type { Database, Transaction } from '@/db/client'
import { MINT_FAMILIES } from '../oauth-statements'

export type StoredCode = {
  applicationId: string
  environment: string
  redirectUri: string
  codeChallenge: string | null
  certificateSha256: string | null
  jwkThumbprint: string | null
  /** Of this very request; its consent may have been given for another act since. */
  authorizationDetails: Record<string, unknown>[] | null
  expiresAt: Date
  exchangedAt: Date | null
  grants: StoredGrant[]
}
export type StoredGrant = {
  position: number
  consentId: string
  scopes: string[]
  familyId: string | null
  /** Of the consent: not revoked, not over, its giver still belongs to the Customer. */
  isAlive: boolean
}

/** Null where there is none. */
export async function findCode(db: Database, codeHash: Buffer, now: Date): Promise<StoredCode | null> {
  const at = now.toISOString()
  const rows = await db.execute<
    Omit<StoredCode, 'expiresAt' | 'exchangedAt' | 'grants'> &
      StoredGrant & { expiresAt: string; exchangedAt: string | null }
  >(sql`
    select r.application_id as "applicationId", r.environment, r.redirect_uri as "redirectUri", r.code_challenge as "codeChallenge",
      encode(r.certificate_sha256, 'hex') as "certificateSha256", encode(r.jwk_thumbprint, 'hex') as "jwkThumbprint",
      r.authorization_details as "authorizationDetails", c.expires_at as "expiresAt", c.exchanged_at as "exchangedAt",
      g.position, g.consent_id as "consentId", g.scopes, g.family_id as "familyId",
      o.revoked_at is null and o.expires_at > ${at}::timestamptz
        and o.application_id = r.application_id and o.environment = r.environment
        and exists (select from memberships m
          where m.person_id = o.person_id and m.customer_id = o.customer_id and m.ended_at is null) as "isAlive"
    from authorization_codes c
    join authorization_requests r on r.id = c.request_id
    join authorization_code_grants g on g.code_hash = c.code_hash
    join consents o on o.id = g.consent_id
    where c.code_hash = ${codeHash} order by g.position`)
  const [first] = rows
  if (!first) return null
  return {
    ...first,
    expiresAt: new Date(first.expiresAt),
    exchangedAt: first.exchangedAt === null ? null : new Date(first.exchangedAt),
    grants: rows.map(({ position, consentId, scopes, familyId, isAlive }) => {
      return { position, consentId, scopes, familyId, isAlive }
    }),
  }
}

/** Of any number of exchanges at once one is told true. */
export async function consumeCode(tx: Transaction, codeHash: Buffer, now: Date): Promise<boolean> {
  const at = now.toISOString()
  const consumed = await tx.execute(sql`
    update authorization_codes set exchanged_at = ${at}::timestamptz
    where code_hash = ${codeHash} and exchanged_at is null and expires_at > ${at}::timestamptz returning 1 as won`)
  return consumed.length === 1
}

/** Remembers what the exchange minted, for a reuse to revoke. */
export async function keepFamily(
  tx: Transaction,
  codeHash: Buffer,
  { position, familyId }: { position: number; familyId: string },
): Promise<void> {
  await tx.execute(sql`
    update authorization_code_grants set family_id = ${familyId}
    where code_hash = ${codeHash} and position = ${position}`)
}

/** What a code that was used has minted. */
export async function listFamilies(db: Database, codeHash: Buffer): Promise<string[]> {
  const rows = await db.execute<{ family_id: string }>(sql`
    select family_id from authorization_code_grants where code_hash = ${codeHash} and family_id is not null`)
  return rows.map(({ family_id }) => family_id)
}

/** MINT_FAMILIES as a part of the transaction. */
export async function mintIn(tx: Transaction, now: Date, rows: string, lifetimeSeconds: number): Promise<void> {
  await tx.execute(numbered(MINT_FAMILIES, [now.toISOString(), rows, lifetimeSeconds]))
}

/** A statement with `$1` … as drizzle takes it. */
function numbered(statement: string, parameters: readonly unknown[]): SQL {
  const parts = statement.split(/\$(\d+)/)
  return sql.join(parts.map((part, index) => (index % 2 ? sql`${parameters[Number(part) - 1]}` : sql.raw(part))))
}
