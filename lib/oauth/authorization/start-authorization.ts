import { countFailures } from '@/lib/access/count-failures'
import { networkOf } from '@/lib/access/network-of'
import type { Context } from '@/lib/context/context'
import { newId } from '@/lib/core/ids'
import { equalBytes, newOpaqueToken, sha256 } from '@/lib/core/secrets'
import { addMs, MINUTE } from '@/lib/core/time'
import { answerUrl } from './answer-url'
import { findAuthorizationClient } from './find-authorization-client'
import { isPushedRequestUri } from './push-authorization-request'
import { readAuthorizationRequest } from './read-authorization-request'
import { type ReadQuery, readQuery } from './read-query'
import { type AuthorizationClient, type AuthorizationRequest, FLOW_ID, type Refusal } from './schema'
import * as store from './store'

/** How long a person may take to answer. */
export const VISIT_MS = 30 * MINUTE

/** Good requests of one address that are kept in a minute: each is a row, and anybody may make one. */
const STARTS_PER_MINUTE = 300

type Started =
  /** On to the auth web app; `browserToken` for a cookie, null where the browser has it already. */
  | { outcome: 'consent'; status: 301 | 303; requestId: string; browserToken: string | null }
  | ({ outcome: 'redirect'; status: 301 | 303; location: string } & Refusal)
  | ({ outcome: 'page'; status: 400 | 429 } & Refusal)

/** What a browser brought: its query, and the tokens of requests that it has opened before. */
export type Brought = { query: string; browserTokens: ReadonlyMap<string, string> }

type Asked = { ctx: Context; read: ReadQuery | null; client: AuthorizationClient | null }

type StartCheck = (asked: Asked) => Refusal | null | Promise<Refusal | null>

/** Before anything else: who asks. Each refusal is a page, as nobody knows of a callback yet. */
const CHECKS: readonly StartCheck[] = [
  queryIsReadable, // RFC 6749 §3.1, appendix B
  clientIsNamedOnce, // RFC 6749 §4.1.1, §3.1
  clientIsKnown, // RFC 6749 §4.1.2.1
]

/** Of a request that was pushed, and judged then (read-authorization-request.ts); whether it is there says the statement after them. */
const PUSHED_CHECKS: readonly StartCheck[] = [clientIsAtWork]

/** Of one that read-authorization-request.ts found good; whether its nonce is new says the statement after them (seed 002). */
const KEEPING_CHECKS: readonly StartCheck[] = [addressAsksSeldom]

/**
 * An authorization request as a browser brings it. A good one is kept and bound to that browser. With a nonce or a
 * `request_uri` that was seen before, the same browser goes on where it was, and no other one does.
 */
export async function startAuthorization(ctx: Context, brought: Brought): Promise<Started> {
  const read = readQuery(brought.query)
  const clientId = read?.parameters.client_id
  const client = clientId === undefined ? null : await findAuthorizationClient(ctx, clientId)
  const refused = await firstRefusal(CHECKS, { ctx, read, client })
  if (refused || !read || !client) return { outcome: 'page', status: 400, ...(refused as Refusal) }
  const { parameters, faults } = read
  const { request_uri: requestUri, flowid } = parameters
  if (requestUri !== undefined && isPushedRequestUri(requestUri)) return openPushed(ctx, client, requestUri, brought)

  const kind = flowid !== undefined || faults.has('flowid') ? 'flow' : 'standard'
  const status = kind === 'flow' ? 301 : 303
  const asked = readAuthorizationRequest(parameters, client, kind, faults)
  if (asked.outcome === 'page') return { ...asked, status: 400 }
  if (asked.outcome === 'redirect') {
    const { error, detail } = asked
    return { outcome: 'redirect', status, location: answerUrl(asked.callback, { error }), error, detail }
  }
  return keep(ctx, client, asked.request, status, brought)
}

async function firstRefusal(checks: readonly StartCheck[], asked: Asked): Promise<Refusal | null> {
  for (const check of checks) {
    const refusal = await check(asked)
    if (refusal) return refusal
  }
  return null
}

function queryIsReadable({ read }: Asked): Refusal | null {
  return read ? null : { error: 'invalid_request', detail: 'the query is too long, or cannot be read' }
}

function clientIsNamedOnce({ read }: Asked): Refusal | null {
  if (read?.parameters.client_id !== undefined) return null
  return { error: 'invalid_request', detail: read?.faults.get('client_id') ?? 'client_id is missing' }
}

function clientIsKnown({ client }: Asked): Refusal | null {
  return client ? null : { error: 'invalid_request', detail: 'client_id is unknown' }
}

function clientIsAtWork({ client }: Asked): Refusal | null {
  return client?.suspended ? { error: 'unauthorized_client', detail: 'the application is suspended' } : null
}

async function addressAsksSeldom({ ctx }: Asked): Promise<Refusal | null> {
  const key = `authorize:${networkOf(ctx.address)}`
  const counted = await countFailures(ctx.db, [{ key, count: 1 }], ctx.now, 60)
  if ((counted.get(key)?.failures ?? 0) <= STARTS_PER_MINUTE) return null
  return { error: 'temporarily_unavailable', detail: 'too many requests of one address' }
}

async function keep(
  ctx: Context,
  client: AuthorizationClient,
  request: AuthorizationRequest,
  status: 301 | 303,
  brought: Brought,
): Promise<Started> {
  const refused = await firstRefusal(KEEPING_CHECKS, { ctx, read: null, client })
  if (refused) return { outcome: 'page', status: 429, ...refused }
  const id = newId('authorizationRequest')
  const browserToken = newOpaqueToken()
  const kept = await store.insertRequest(ctx.db, {
    ...request,
    id,
    certificateSha256: null,
    requestUriHash: null,
    openedAt: ctx.now,
    browserHash: sha256(browserToken),
    expiresAt: addMs(ctx.now, VISIT_MS),
    createdAt: ctx.now,
  })
  if (kept) return { outcome: 'consent', status, requestId: id, browserToken }
  const before = request.nonce === null ? null : await store.findByNonce(ctx.db, client, request.nonce)
  if (before && isSame(before, request) && hasOpened(brought, before)) {
    return { outcome: 'consent', status, requestId: before.id, browserToken: null }
  }
  const { redirectUri, state } = request
  const flowid = FLOW_ID
  const error = 'invalid_request'
  const location = answerUrl({ redirectUri, state, flowid }, { error })
  return { outcome: 'redirect', status, location, error, detail: 'nonce was seen before' }
}

/** RFC 9126 §4; what else stands in the query is not read (RFC 9101 §6.3). */
async function openPushed(
  ctx: Context,
  client: AuthorizationClient,
  requestUri: string,
  brought: Brought,
): Promise<Started> {
  const refused = await firstRefusal(PUSHED_CHECKS, { ctx, read: null, client })
  if (refused) return { outcome: 'page', status: 400, ...refused }
  const browserToken = newOpaqueToken()
  const hash = sha256(requestUri)
  const opening = { browserHash: sha256(browserToken), now: ctx.now, expiresAt: addMs(ctx.now, VISIT_MS) }
  const requestId = await store.openPushed(ctx.db, client, hash, opening)
  if (requestId) return { outcome: 'consent', status: 303, requestId, browserToken }
  const before = await store.findByRequestUri(ctx.db, client, hash)
  if (before && hasOpened(brought, before)) {
    return { outcome: 'consent', status: 303, requestId: before.id, browserToken: null }
  }
  // Where the answer would go stands in the request alone.
  const detail = 'request_uri is unknown, used, expired or of another client'
  return { outcome: 'page', status: 400, error: 'invalid_request_uri', detail }
}

function hasOpened({ browserTokens }: Brought, request: store.OpenedRequest): boolean {
  const token = browserTokens.get(request.id)
  return token !== undefined && request.browserHash !== null && equalBytes(sha256(token), request.browserHash)
}

/** A nonce that comes again with anything else is used for something else. */
function isSame(before: store.OpenedRequest, request: AuthorizationRequest): boolean {
  return (
    before.redirectUri === request.redirectUri &&
    before.state === request.state &&
    before.codeChallenge === request.codeChallenge &&
    before.scopes.join(' ') === request.scopes.join(' ')
  )
}
