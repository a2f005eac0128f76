import { and, eq, gt, isNull, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { applicationEnvironments, applications, callbacks } from '@/db/schema/applications'
import { applicationKeys } from '@/db/schema/credentials'
import { authorizationRequests } from '@/db/schema/oauth'
import type { Profile } from '@/lib/applications/schema'
import type { Environment } from '@/lib/core/secrets'
import type { AuthorizationClient, AuthorizationRequest } from './schema'

/** By a live Application Key; suspended ones too. */
export async function findClient(db: Database, clientId: string): Promise<AuthorizationClient | null> {
  const rows = await db
    .select({
      applicationId: applicationEnvironments.applicationId,
      environment: sql<Environment>`${applicationEnvironments.environment}`,
      profile: sql<Profile>`${applicationEnvironments.profile}`,
      scopes: applicationEnvironments.scopes,
      suspended: sql<boolean>`${applications.suspendedAt} is not null`,
      url: callbacks.url,
      host: callbacks.host,
    })
    .from(applicationKeys)
    .innerJoin(
      applicationEnvironments,
      and(
        eq(applicationEnvironments.applicationId, applicationKeys.applicationId),
        eq(applicationEnvironments.environment, applicationKeys.environment),
      ),
    )
    .innerJoin(applications, eq(applications.id, applicationKeys.applicationId))
    .leftJoin(
      callbacks,
      and(
        eq(callbacks.applicationId, applicationKeys.applicationId),
        eq(callbacks.environment, applicationKeys.environment),
        isNull(callbacks.removedAt),
      ),
    )
    .where(
      and(
        eq(applicationKeys.clientId, clientId),
        sql`(${applicationKeys.endsAt} is null or ${applicationKeys.endsAt} > now())`,
      ),
    )
  const [first] = rows
  if (!first) return null
  const { url: _url, host: _host, ...client } = first
  return { ...client, clientId, callbacks: rows.flatMap(({ url, host }) => (url && host ? [{ url, host }] : [])) }
}

type NewRequest = AuthorizationRequest & {
  id: string
  certificateSha256: Buffer | null
  requestUriHash: Buffer | null
  openedAt: Date | null
  browserHash: Buffer | null
  expiresAt: Date
  createdAt: Date
}

/** Whether this call stored it: of two requests with one nonce the first does, whatever replica they meet. */
export async function insertRequest(db: Database, row: NewRequest): Promise<boolean> {
  const rows = await db
    .insert(authorizationRequests)
    .values(row)
    .onConflictDoNothing({
      target: [authorizationRequests.applicationId, authorizationRequests.environment, authorizationRequests.nonce],
      where: sql`nonce is not null`,
    })
    .returning({ id: authorizationRequests.id })
  return rows.length === 1
}

type Opening = { browserHash: Buffer; now: Date; expiresAt: Date }

/** Opens a pushed request for a browser, once. The id of the request, or null where there is none to open. */
export async function openPushed(
  db: Database,
  client: AuthorizationClient,
  requestUriHash: Buffer,
  { browserHash, now, expiresAt }: Opening,
): Promise<string | null> {
  const [row] = await db
    .update(authorizationRequests)
    .set({ openedAt: now, browserHash, expiresAt })
    .where(
      and(
        eq(authorizationRequests.requestUriHash, requestUriHash),
        eq(authorizationRequests.applicationId, client.applicationId),
        eq(authorizationRequests.environment, client.environment),
        isNull(authorizationRequests.openedAt),
        gt(authorizationRequests.expiresAt, now),
      ),
    )
    .returning({ id: authorizationRequests.id })
  return row?.id ?? null
}

export type OpenedRequest = {
  id: string
  redirectUri: string
  state: string | null
  scopes: string[]
  codeChallenge: string | null
  browserHash: Buffer | null
}

const OPENED = {
  id: authorizationRequests.id,
  redirectUri: authorizationRequests.redirectUri,
  state: authorizationRequests.state,
  scopes: authorizationRequests.scopes,
  codeChallenge: authorizationRequests.codeChallenge,
  browserHash: authorizationRequests.browserHash,
}

export async function findByNonce(
  db: Database,
  client: AuthorizationClient,
  nonce: string,
): Promise<OpenedRequest | null> {
  const [row] = await db
    .select(OPENED)
    .from(authorizationRequests)
    .where(
      and(
        eq(authorizationRequests.applicationId, client.applicationId),
        eq(authorizationRequests.environment, client.environment),
        eq(authorizationRequests.nonce, nonce),
      ),
    )
  return row ?? null
}

export async function findByRequestUri(
  db: Database,
  client: AuthorizationClient,
  requestUriHash: Buffer,
): Promise<OpenedRequest | null> {
  const [row] = await db
    .select(OPENED)
    .from(authorizationRequests)
    .where(
      and(
        eq(authorizationRequests.applicationId, client.applicationId),
        eq(authorizationRequests.environment, client.environment),
        eq(authorizationRequests.requestUriHash, requestUriHash),
      ),
    )
  return row ?? null
}
