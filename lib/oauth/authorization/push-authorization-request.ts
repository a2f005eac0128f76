import type { Context } from '@/lib/context/context'
import { newId } from '@/lib/core/ids'
import { newOpaqueToken, sha256 } from '@/lib/core/secrets'
import { addMs, SECOND } from '@/lib/core/time'
import type { AuthorizationRequest } from './schema'
import * as store from './store'

/** FAPI 2.0 Security Profile §5.3.2.2: less than 600 seconds; a browser is sent on at once. */
export const PUSHED_SECONDS = 90

const PREFIX = 'urn:ietf:params:oauth:request_uri:'

/**
 * Keeps a request that `readAuthorizationRequest` found good, until a browser brings its `request_uri` (RFC 9126 §2.2).
 * `certificateSha256`, `jwkThumbprint`: what the client presented with it, to which the code is bound.
 */
export async function pushAuthorizationRequest(
  ctx: Context,
  request: AuthorizationRequest,
  bound: { certificateSha256: Buffer | null; jwkThumbprint: Buffer | null },
): Promise<{ requestUri: string; expiresInSeconds: number }> {
  const requestUri = PREFIX + newOpaqueToken()
  await store.insertRequest(ctx.db, {
    ...request,
    id: newId('authorizationRequest'),
    certificateSha256: bound.certificateSha256,
    jwkThumbprint: bound.jwkThumbprint ?? request.jwkThumbprint,
    requestUriHash: sha256(requestUri),
    openedAt: null,
    browserHash: null,
    expiresAt: addMs(ctx.now, PUSHED_SECONDS * SECOND),
    createdAt: ctx.now,
  })
  return { requestUri, expiresInSeconds: PUSHED_SECONDS }
}

/** Whether a `request_uri` has the form of those that are given out here. */
export function isPushedRequestUri(value: string): boolean {
  return value.startsWith(PREFIX) && value.length < 200
}
