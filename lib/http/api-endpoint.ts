import { database } from '@/db/client'
import { certificateMissing } from '@/lib/certificates/handshake-errors'
import { currentTime } from '@/lib/context/clock'
import type { ClientActor, Context } from '@/lib/context/context'
import { type RequestInfo, requestInfo } from '@/lib/context/request-info'
import { OverloadedError } from '@/lib/core/coalesce'
import { isDomainError } from '@/lib/core/errors'
import { env } from '@/lib/env/env'
import { log } from '@/lib/log/log'
import { authenticateClient } from '@/lib/oauth/authenticate-client'
import { isConnectionFailure } from '@/lib/oauth/batch'
import { basicOf, described, type MachineHandler } from './machine-endpoint'
import { jsonResponse, type MachineRequest, type PlainResponse } from './machine-message'
import { STATUS_OF_KIND } from './problem'
import { problemAnswer, problemResponse } from './problem-document'

type Options = {
  handler(ctx: Context<ClientActor>, params: Record<string, string>): Promise<Record<string, unknown>>
}

/**
 * Wraps an endpoint of `/v1` that a client calls with its key and secret by HTTP Basic: JSON out, problem documents (RFC 9457)
 * for whatever goes wrong. It answers only below a listener's guard.
 */
export function apiEndpoint({ handler }: Options): MachineHandler {
  return described({ auth: 'client', body: null }, async (request, params) => {
    const info = requestInfo()
    if (!info) return problemAnswer(404, 'Not found', 'none')
    try {
      const anonymous: Context = {
        db: database().db,
        actor: { kind: 'anonymous' },
        now: currentTime(),
        requestId: info.requestId,
        address: info.address,
      }
      // The guard has seen to it; an endpoint that is mounted elsewhere must not be the way round it.
      if (info.listener === '2' && !info.certificate) throw certificateMissing()
      const basic = basicOf(request) ?? { clientId: '', clientSecret: '' }
      const client = await authenticateClient(anonymous, { ...basic, certificate: info.certificate })
      const { clientId, chainId } = client.actor
      log().info({ requestId: info.requestId, clientId, chainId, revocation: info.revocation }, 'client authenticated')
      const elsewhere = hostFor(info, client.mtlsRequired)
      if (elsewhere !== null) return misdirected(elsewhere, info)
      const body = await handler({ ...anonymous, actor: client.actor }, params)
      return jsonResponse(200, body, { 'Cache-Control': 'no-store', 'X-Request-Id': info.requestId })
    } catch (error) {
      return answerError(error, info, request)
    }
  })
}

/**
 * The origin that a request should have gone to, or null where it is right. contract.md, Machine endpoints: `1|2` is the
 * 2-way host once the application requires mutual TLS, else the 1-way host; told after client authentication only.
 */
export function hostFor(info: RequestInfo, mtlsRequired: boolean): string | null {
  if (info.host !== '1|2' || info.listener === 'development') return null
  const right = mtlsRequired ? '2' : '1'
  if (info.listener === right) return null
  return right === '2' ? env().apiUrl.origin : env().publicUrl.origin
}

function misdirected(host: string, info: RequestInfo): PlainResponse {
  const title = 'This application calls this endpoint on the other host.'
  return problemResponse({ status: 421, code: 'wrong-host', title, requestId: info.requestId, host })
}

function answerError(error: unknown, info: RequestInfo, request: MachineRequest): PlainResponse {
  const { requestId, address } = info
  if (isDomainError(error)) {
    const status = STATUS_OF_KIND[error.kind]
    const { reason, detail } = error
    log().info({ requestId, address, reason, detail, revocation: info.revocation }, 'refused')
    const headers: Record<string, string> = {}
    // RFC 7617 §2
    if (status === 401) headers['WWW-Authenticate'] = 'Basic realm="Countersign", charset="UTF-8"'
    if (error.retryAfterSeconds !== undefined) headers['Retry-After'] = String(error.retryAfterSeconds)
    return problemResponse({ status, code: error.reason, title: error.message, requestId }, headers)
  }
  if (error instanceof OverloadedError || isConnectionFailure(error)) {
    log().error({ err: error, requestId }, 'refused for now')
    return problemAnswer(503, 'Too busy to answer. Try again shortly.', requestId, { 'Retry-After': '2' })
  }
  log().error({ err: error, requestId, method: request.method }, 'unexpected error')
  return problemAnswer(500, 'Something went wrong on our side.', requestId)
}
