import { database } from '@/db/client'
import { certificateMissing, HANDSHAKE_CODES } from '@/lib/certificates/handshake-errors'
import { currentTime } from '@/lib/context/clock'
import type { Context } from '@/lib/context/context'
import { type RequestInfo, requestInfo } from '@/lib/context/request-info'
import { OverloadedError } from '@/lib/core/coalesce'
import { type DomainError, isDomainError } from '@/lib/core/errors'
import { log } from '@/lib/log/log'
import { isConnectionFailure } from '@/lib/oauth/batch'
import { authenticateCaller, type Caller } from '@/lib/oauth/clients/authenticate-caller'
import { OAUTH_ERRORS, oauthRefusal } from '@/lib/oauth/errors'
import { type Parameters, readParameters } from '@/lib/oauth/parameters'
import { hostFor } from './api-endpoint'
import { described, type MachineHandler } from './machine-endpoint'
import { jsonResponse, type MachineRequest, type PlainResponse } from './machine-message'
import {
  BodyTooLargeError,
  parseFormMembers,
  parseMembers,
  readBody,
  refuseBadEscapes,
  UnsupportedBodyError,
} from './parse-body'
import { STATUS_OF_KIND } from './problem'
import { problemResponse } from './problem-document'

/** A call of `/oauth2/*` whose client has been authenticated on its right host. */
export type OauthCall<Early> = {
  ctx: Context<Caller['actor']>
  caller: Caller
  parameters: Parameters
  request: MachineRequest
  /** What `early` began to look up. */
  early: Early
}
export type OauthAnswer = { status: number; body?: unknown; headers?: Record<string, string> }

type Options<Early> = {
  path: string
  /** contract.md, Family B: the token endpoint takes JSON too. */
  accepts: 'form' | 'form-or-json'
  /** A look-up that goes on while the client is authenticated. It changes nothing and tells nobody. */
  early?: (ctx: Context, parameters: Parameters) => Early
  handler: (call: OauthCall<Early>) => Promise<OauthAnswer>
}

/**
 * Wraps an endpoint that a client calls under its own name: parameters, client authentication, host, and RFC 6749 §5.2 for
 * whatever goes wrong. It answers only below a listener's guard.
 */
export function oauthEndpoint<Early = undefined>(options: Options<Early>): MachineHandler {
  return described({ auth: 'client', body: 'parameters' }, async (request) => {
    const info = requestInfo()
    if (!info) return oauthProblem(404, 'invalid_request', 'There is nothing here.', 'none')
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
      const parameters = await parametersOf(request, options.accepts)
      const early = options.early?.(anonymous, parameters) as Early
      const caller = await authenticateCaller(anonymous, {
        authorization: request.headers.get('authorization'),
        parameters,
        certificate: info.certificate,
        path: options.path,
      })
      if (info.certificate) logCertificate(caller, info)
      const elsewhere = hostOf(caller, info)
      if (elsewhere !== null) return misdirected(elsewhere, info)
      const ctx = { ...anonymous, actor: caller.actor }
      return respond(await options.handler({ ctx, caller, parameters, request, early }), info)
    } catch (error) {
      return answerError(error, info, request)
    }
  })
}

/** contract.md: `1|2` of an application is one of the two; a core may call either, once it needs a certificate the 2-way one. */
function hostOf(caller: Caller, info: RequestInfo): string | null {
  if (caller.kind === 'core' && !caller.mtlsRequired) return null
  return hostFor(info, caller.mtlsRequired)
}

/** RFC 6749 §3.2, §2.3.1: nothing in the address, where logs and proxies would read it. */
async function parametersOf(request: MachineRequest, accepts: Options<unknown>['accepts']): Promise<Parameters> {
  if (request.url.includes('?')) throw oauthRefusal('invalid_request', 'Send the parameters in the body.')
  const text = await readBody(request)
  const contentType = request.headers.get('content-type')
  if (accepts === 'form') return readParameters(parseFormMembers(text, contentType))
  if (!text.trimStart().startsWith('{')) refuseBadEscapes(text)
  return readParameters(parseMembers(text, contentType))
}

function logCertificate(caller: Caller, { requestId, revocation }: RequestInfo): void {
  const chainId = caller.kind === 'application' ? caller.actor.chainId : null
  const { clientId } = caller.kind === 'application' ? caller.actor : caller
  log().info({ requestId, clientId, chainId, revocation }, 'client authenticated')
}

function misdirected(host: string, info: RequestInfo): PlainResponse {
  const message = 'This application calls this endpoint on the other host.'
  log().info({ requestId: info.requestId, address: info.address, reason: 'wrong-host', detail: host }, 'refused')
  return oauthProblem(421, 'invalid_request', message, info.requestId, {}, { host })
}

function answerError(error: unknown, info: RequestInfo, request: MachineRequest): PlainResponse {
  const { requestId } = info
  if (isDomainError(error)) return answerDomainError(error, info)
  if (error instanceof BodyTooLargeError) {
    return oauthProblem(413, 'invalid_request', 'The body is larger than 64 KiB.', requestId, { Connection: 'close' })
  }
  if (error instanceof UnsupportedBodyError) {
    return oauthProblem(415, 'invalid_request', 'Send application/x-www-form-urlencoded.', requestId)
  }
  if (error instanceof OverloadedError || isConnectionFailure(error)) {
    log().error({ err: error, requestId }, 'refused for now')
    const message = 'Too busy to answer. Try again shortly.'
    return oauthProblem(503, 'temporarily_unavailable', message, requestId, { 'Retry-After': '2' })
  }
  log().error({ err: error, requestId, method: request.method }, 'unexpected error')
  return oauthProblem(500, 'server_error', 'Something went wrong on our side.', requestId)
}

function answerDomainError(error: DomainError, info: RequestInfo): PlainResponse {
  const { requestId, address } = info
  const status = STATUS_OF_KIND[error.kind]
  const { reason, detail = error.message } = error
  log().info({ requestId, address, reason, detail, revocation: info.revocation }, 'refused')
  // contract.md, Machine endpoints: why a certificate does not count is no secret to who holds its key.
  if ((HANDSHAKE_CODES as readonly string[]).includes(error.reason)) {
    return problemResponse({ status, code: error.reason, title: error.message, requestId })
  }
  const headers: Record<string, string> = {}
  // RFC 6749 §5.2
  if (status === 401) headers['WWW-Authenticate'] = 'Basic realm="Countersign", charset="UTF-8"'
  if (error.retryAfterSeconds !== undefined) headers['Retry-After'] = String(error.retryAfterSeconds)
  return oauthProblem(status, errorCodeOf(error), error.message, requestId, headers)
}

function errorCodeOf(error: DomainError): string {
  if ((OAUTH_ERRORS as readonly string[]).includes(error.reason)) return error.reason
  return error.kind === 'unauthenticated' || error.kind === 'rate-limited' ? 'invalid_client' : 'invalid_request'
}

/** RFC 6749 §5.2; a description holds neither quotes nor backslashes nor anything but ASCII. */
export function oauthErrorOf(
  error: string,
  description: string,
  extra: Record<string, string> = {},
): Record<string, string> {
  const error_description = description
    .replace(/["“”]/g, "'")
    .replace(/’/g, "'")
    .replace(/[^\x20-\x5b\x5d-\x7e]/g, '?')
  return { error, error_description, ...extra }
}

export function oauthProblem(
  status: number,
  error: string,
  description: string,
  requestId: string,
  headers: Record<string, string> = {},
  extra: Record<string, string> = {},
): PlainResponse {
  return jsonResponse(status, oauthErrorOf(error, description, extra), { ...commonHeaders(requestId), ...headers })
}

function respond({ status, body, headers }: OauthAnswer, info: RequestInfo): PlainResponse {
  const all = { ...commonHeaders(info.requestId), ...headers }
  return typeof body === 'string' ? { status, headers: all, body } : jsonResponse(status, body, all)
}

/** RFC 6749 §5.1: neither caches of today nor those of HTTP/1.0 keep it. */
function commonHeaders(requestId: string): Record<string, string> {
  return { 'Cache-Control': 'no-store', Pragma: 'no-cache', 'X-Request-Id': requestId }
}
