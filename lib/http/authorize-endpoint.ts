import { database } from '@/db/client'
import { currentTime } from '@/lib/context/clock'
import type { Context } from '@/lib/context/context'
import { type RequestInfo, requestInfo } from '@/lib/context/request-info'
import { SECOND } from '@/lib/core/time'
import { env } from '@/lib/env/env'
import { log } from '@/lib/log/log'
import { readBrowserCookies, setBrowserCookie } from '@/lib/oauth/authorization/browser-cookie'
import { startAuthorization, VISIT_MS } from '@/lib/oauth/authorization/start-authorization'
import { isConnectionFailure } from '@/lib/oauth/batch'
import { described, type MachineHandler } from './machine-endpoint'
import type { MachineRequest, PlainResponse } from './machine-message'
import { requestPage } from './request-page'

/**
 * `GET /oauth2/authorize`, where an application sends a browser: on to the auth web app, back to the callback with an error,
 * or a page where there is no callback to trust. Why, stands in the log alone. It answers only below a listener's guard.
 */
export const authorizeEndpoint: MachineHandler = described({ auth: 'browser', body: null }, async (request) => {
  const info = requestInfo()
  if (!info) return { status: 404, headers: {}, body: null }
  try {
    return await answer(request, info)
  } catch (error) {
    const status = isConnectionFailure(error) ? 503 : 500
    log().error({ err: error, requestId: info.requestId }, 'authorization request failed')
    return requestPage(request, info, status)
  }
})

async function answer(request: MachineRequest, info: RequestInfo): Promise<PlainResponse> {
  const { requestId, address, secure } = info
  const ctx: Context = {
    db: database().db,
    actor: { kind: 'anonymous' },
    now: currentTime(),
    requestId,
    address,
  }
  const url = new URL(request.url)
  const browserTokens = readBrowserCookies(request.headers.get('cookie'), secure)
  const started = await startAuthorization(ctx, { query: url.search.slice(1), browserTokens })
  if (started.outcome !== 'consent') {
    log().info({ requestId, address, reason: started.error, detail: started.detail }, 'authorization request refused')
  }
  if (started.outcome === 'page') return requestPage(request, info, started.status)
  if (started.outcome === 'redirect') return redirect(started.status, started.location, requestId)
  const { requestId: visited, browserToken } = started
  const cookies =
    browserToken === null
      ? []
      : setBrowserCookie(visited, browserToken, browserTokens, { secure, maxAgeSeconds: VISIT_MS / SECOND })
  return redirect(started.status, `${ownOrigin(url, secure)}/consent/${visited}`, requestId, cookies)
}

/** The origin under which the browser came: its cookie is for that one. The guard has admitted the authority. */
function ownOrigin(url: URL, secure: boolean): string {
  const { publicUrl } = env()
  return url.host === publicUrl.host ? publicUrl.origin : `${secure ? 'https' : 'http'}://${url.host}`
}

function redirect(status: number, location: string, requestId: string, cookies: string[] = []): PlainResponse {
  const headers = {
    Location: location,
    'Cache-Control': 'no-store',
    'Referrer-Policy': 'no-referrer',
    'X-Request-Id': requestId,
  }
  return { status, headers: cookies.length === 0 ? headers : { ...headers, 'Set-Cookie': cookies }, body: null }
}
