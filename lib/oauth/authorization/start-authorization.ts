import { countFailures } from '@/lib/access/count-failures'
import type { Context } from '@/lib/context/context'
import { newId } from '@/lib/core/ids'
import { equalBytes, newOpaqueToken, sha256 } from '@/lib/core/secrets'
import { addMs, MINUTE } from '@/lib/core/time'
import { answerUrl } from './answer-url'
import { findAuthorizationClient } from './find-authorization-client'
import { isPushedRequestUri } from './push-authorization-request'
import { readAuthorizationRequest } from './read-authorization-request'
import { readQuery } from './read-query'
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

/**
 * An authorization request as a browser brings it. A good one is kept and bound to that browser. With a nonce or a
 * `request_uri` that was seen before, the same browser goes on where it was, and no other one does.
 */
export async function startAuthorization(ctx: Context, brought: Brought): Promise<Started> {
  const read = readQuery(brought.query)
  if (!read) return page('the query is too long, or cannot be read')
  const { parameters, faults } = read
  if (parameters.client_id === undefined) return page(faults.get('client_id') ?? 'client_id is missing')
  const client = await findAuthorizationClient(ctx, parameters.client_id)
  if (!client) return page('client_id is unknown')
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

async function keep(
  ctx: Context,
  client: AuthorizationClient,
  request: AuthorizationRequest,
  status: 301 | 303,
  brought: Brought,
): Promise<Started> {
  if (await isTooMany(ctx)) {
    return {
      outcome: 'page',
      status: 429,
      error: 'temporarily_unavailable',
      detail: 'too many requests of one address',
    }
  }
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
  if (client.suspended) return { ...page('the application is suspended'), error: 'unauthorized_client' }
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
  return { ...page('request_uri is unknown, used, expired or of another client'), error: 'invalid_request_uri' }
}

async function isTooMany(ctx: Context): Promise<boolean> {
  const key = `authorize:${ctx.address}`
  const counted = await countFailures(ctx.db, [{ key, count: 1 }], ctx.now, 60)
  return (counted.get(key)?.failures ?? 0) > STARTS_PER_MINUTE
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

function page(detail: string): { outcome: 'page'; status: 400 } & Refusal {
  return { outcome: 'page', status: 400, error: 'invalid_request', detail }
}
