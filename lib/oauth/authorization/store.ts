import { and, eq, gt, isNotNull, isNull, or, type SQL, sql } from 'drizzle-orm'
import type { Database, Transaction } from '@/db/client'
import { applicationEnvironments, applications, callbacks } from '@/db/schema/applications'
import { applicationKeys } from '@/db/schema/credentials'
import { authorizationCodeGrants, authorizationCodes, authorizationRequests } from '@/db/schema/oauth'
import type { Profile } from '@/lib/applications/schema'
import { type Environment, sha256 } from '@/lib/core/secrets'
import type { PaymentInitiation } from './authorization-details'
import type { AuthorizationClient, AuthorizationRequest, RequestKind } from './schema'
import { IS_SUBSCRIBED, REACHES_CALLBACK } from './still-answerable'

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

/** What a browser brought back: its request's id, and the token of its cookie. */
export type Visit = { requestId: string; browserToken: string | null }

const ID = /^arq_[0-9a-z]{20}$/

/** The condition of every statement of a visit; null where the visit can be nobody's. */
function ofVisit({ requestId, browserToken }: Visit): SQL | null {
  if (browserToken === null || !ID.test(requestId)) return null
  return and(
    eq(authorizationRequests.id, requestId),
    eq(authorizationRequests.browserHash, sha256(browserToken)),
    isNotNull(authorizationRequests.openedAt),
  ) as SQL
}

const VISITED = {
  id: authorizationRequests.id,
  kind: sql<RequestKind>`${authorizationRequests.kind}`,
  applicationId: authorizationRequests.applicationId,
  environment: sql<Environment>`${authorizationRequests.environment}`,
  redirectUri: authorizationRequests.redirectUri,
  state: authorizationRequests.state,
  scopes: authorizationRequests.scopes,
  authorizationDetails: sql<PaymentInitiation[] | null>`${authorizationRequests.authorizationDetails}`,
  personId: authorizationRequests.personId,
  answer: sql<'granted' | 'access_denied' | null>`${authorizationRequests.answer}`,
  expiresAt: authorizationRequests.expiresAt,
}
export type VisitedRow = {
  id: string
  kind: RequestKind
  applicationId: string
  environment: Environment
  redirectUri: string
  state: string | null
  scopes: string[]
  authorizationDetails: PaymentInitiation[] | null
  personId: string | null
  answer: 'granted' | 'access_denied' | null
  expiresAt: Date
}

/** `stopped`: what it was measured by when it came has ended since, so that it can no longer be granted. */
export async function findVisited(db: Database, visit: Visit): Promise<(VisitedRow & { stopped: boolean }) | null> {
  const condition = ofVisit(visit)
  if (!condition) return null
  const stopped = sql<boolean>`not (${REACHES_CALLBACK} and ${IS_SUBSCRIBED})`
  const [row] = await db
    .select({ ...VISITED, stopped })
    .from(authorizationRequests)
    .where(condition)
  return row ?? null
}

/** Whether it is this person's now: of two who open it at once in one browser, one has it. */
export async function claim(db: Database, visit: Visit, personId: string, now: Date): Promise<boolean> {
  const condition = ofVisit(visit)
  if (!condition) return false
  const rows = await db
    .update(authorizationRequests)
    .set({ personId })
    .where(
      and(
        condition,
        or(isNull(authorizationRequests.personId), eq(authorizationRequests.personId, personId)),
        isNull(authorizationRequests.answeredAt),
        gt(authorizationRequests.expiresAt, now),
      ),
    )
    .returning({ id: authorizationRequests.id })
  return rows.length === 1
}

export async function release(db: Database, visit: Visit, personId: string): Promise<void> {
  const condition = ofVisit(visit)
  if (!condition) return
  await db
    .update(authorizationRequests)
    .set({ personId: null })
    .where(and(condition, eq(authorizationRequests.personId, personId), isNull(authorizationRequests.answeredAt)))
}

/**
 * Answers it, once: of two answers at the same moment the first counts. What was asked, or null where it is too late, or
 * its callback may no longer be told. A denial needs no subscription.
 */
export async function answer(
  tx: Transaction,
  visit: Visit,
  given: { personId: string; answer: 'granted' | 'access_denied'; withoutDetails: boolean; now: Date },
): Promise<VisitedRow | null> {
  const condition = ofVisit(visit)
  if (!condition) return null
  const [row] = await tx
    .update(authorizationRequests)
    .set({
      answeredAt: given.now,
      answer: given.answer,
      ...(given.withoutDetails ? { authorizationDetails: null } : {}),
    })
    .where(
      and(
        condition,
        eq(authorizationRequests.personId, given.personId),
        isNull(authorizationRequests.answeredAt),
        gt(authorizationRequests.expiresAt, given.now),
        REACHES_CALLBACK,
        given.answer === 'granted' ? IS_SUBSCRIBED : undefined,
      ),
    )
    .returning(VISITED)
  return row ?? null
}

export async function insertCode(
  tx: Transaction,
  code: typeof authorizationCodes.$inferInsert,
  grants: readonly { consentId: string; scopes: string[] }[],
): Promise<void> {
  await tx.insert(authorizationCodes).values(code)
  await tx
    .insert(authorizationCodeGrants)
    .values(grants.map((grant, position) => ({ ...grant, position, codeHash: code.codeHash })))
}
