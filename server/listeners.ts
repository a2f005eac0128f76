import { randomBytes } from 'node:crypto'
import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { getRequestListener } from '@hono/node-server'
import { type RequestInfo, requestInfoStorage } from '@/lib/context/request-info'
import { equalBytes, sha256 } from '@/lib/core/secrets'
import { SECOND } from '@/lib/core/time'
import { env } from '@/lib/env/env'
import { errorInfo, type MachineHandler } from '@/lib/http/machine-endpoint'
import { log } from '@/lib/log/log'
import { answerHealth, isHealthPath } from './health'
import { isMachinePath, type Match, type Method, matchMachineRoute } from './machine-routes'

export type PageHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>

// A page's form may carry a logo (512 KiB); machine bodies have their own, smaller limit.
const PAGE_BODY_BYTES_MAX = 2 * 1024 * 1024

/**
 * The plain HTTP listener on PORT: the development listener in demo mode, else what a TLS proxy on this machine talks to.
 * Every request passes one guard before any route: authority, canonical path, proxy headers, size.
 */
export function createPlainListener(pages: PageHandler, options: { pagesServeMachines: boolean }): http.Server {
  const machines = makeMachineListener()
  const server = http.createServer(
    {
      maxHeaderSize: 16 * 1024,
      headersTimeout: 10 * SECOND,
      requestTimeout: 30 * SECOND,
      keepAliveTimeout: 65 * SECOND,
      connectionsCheckingInterval: 2 * SECOND,
      requireHostHeader: true,
      noDelay: true,
    },
    (request, response) => {
      const info = admit(request, response)
      if (!info) return
      const path = pathOf(request)
      if (isHealthPath(path)) void answerHealth(path, request, response, info)
      else if (!isMachinePath(path)) servePage(pages, request, response, info)
      else {
        const match = matchMachineRoute(path)
        if (match && options.pagesServeMachines) servePage(pages, request, response, info)
        else machines(match, request, response, info)
      }
    },
  )
  server.maxConnections = 20_000
  server.on('clientError', answerClientError)
  return server
}

function servePage(pages: PageHandler, request: IncomingMessage, response: ServerResponse, info: RequestInfo): void {
  if (Number(request.headers['content-length'] ?? 0) > PAGE_BODY_BYTES_MAX) {
    refuse(response, 413, 'The request is too large.', info.requestId)
    return
  }
  response.setHeader('X-Request-Id', info.requestId)
  request.headers['x-request-id'] = info.requestId
  requestInfoStorage()
    .run(info, () => pages(request, response))
    .catch((error: unknown) => {
      log().error({ err: error, requestId: info.requestId }, 'page failed')
      if (!response.headersSent) refuse(response, 500, 'Something went wrong on our side.', info.requestId)
      else response.destroy()
    })
}

type MachineListener = (
  match: Match | null,
  request: IncomingMessage,
  response: ServerResponse,
  info: RequestInfo,
) => void

/** node:http to `Request` and back, for the handlers of the machine table. */
function makeMachineListener(): MachineListener {
  type Call = { handler: MachineHandler; params: Record<string, string> } | { answer: () => Response }
  const calls = new WeakMap<IncomingMessage, Call>()
  const listen = getRequestListener((request, { incoming }) => {
    const call = calls.get(incoming as IncomingMessage) as Call
    if ('answer' in call) return call.answer()
    return call.handler(request, { params: Promise.resolve(call.params) })
  })
  return (match, request, response, info) => {
    const handler = match?.route.handlers[request.method as Method]
    if (match && handler) calls.set(request, { handler, params: match.params })
    else calls.set(request, { answer: () => notServed(match, info) })
    requestInfoStorage().run(info, () => void listen(request, response))
  }
}

const METHODS: readonly Method[] = ['GET', 'POST', 'PUT', 'DELETE']

function notServed(match: Match | null, info: RequestInfo): Response {
  if (!match) return errorInfo(404, 'There is nothing here, or it is not yours to see.', info.requestId)
  const allowed = METHODS.filter((method) => match.route.handlers[method])
  return errorInfo(405, `Use ${allowed.join(', ')}.`, info.requestId, { Allow: allowed.join(', ') })
}

// Ids need no secrecy, only that two never meet: a random part of the process and a counter.
const idOfProcess = randomBytes(6).toString('hex')
let requests = 0

function newRequestId(): string {
  requests += 1
  return `req_${idOfProcess}${requests.toString(36).padStart(6, '0')}`
}

function admit(request: IncomingMessage, response: ServerResponse): RequestInfo | null {
  const requestId = newRequestId()
  const forwarded = FORWARDING_HEADERS.some((name) => name in request.headers)
  const proxied = readProxy(request)
  if (proxied === 'refused') return refused(response, 403, 'This port is for the proxy.', requestId)
  const info: RequestInfo = {
    requestId,
    listener: proxied ? proxied.listener : env().demo ? 'development' : '1',
    address: proxied?.address ?? normalizeAddress(request.socket.remoteAddress),
    secure: env().publicUrl.protocol === 'https:',
    forwarded,
  }
  if (!isCanonical(request.url ?? '')) {
    return refused(response, 404, 'There is nothing here, or it is not yours to see.', requestId)
  }
  if (!isHealthPath(pathOf(request)) && !isKnownAuthority(request.headers.host ?? '')) {
    return refused(response, 421, 'This server does not answer for that host.', requestId)
  }
  if (info.listener === '2' && isOfOneWayHost(pathOf(request))) {
    return refused(response, 421, 'This is on the host without client certificates.', requestId)
  }
  return info
}

/**
 * With TRUSTED_PROXY_SECRET every request must prove that it comes from the proxy; the client's address is then the last of
 * X-Forwarded-For. Without, or afterwards, no forwarded header is left for anybody to read.
 */
function readProxy(request: IncomingMessage): { address: string; listener: '1' | '2' } | 'refused' | null {
  const secret = env().trustedProxySecret
  const given = request.headers['countersign-proxy']
  const listener = request.headers['countersign-listener']
  const forwarded = request.headers['x-forwarded-for']
  for (const name of FORWARDED_HEADERS) if (name in request.headers) delete request.headers[name]
  if (secret === null) return null
  if (typeof given !== 'string' || !equalBytes(sha256(given), sha256(secret))) return 'refused'
  if (listener !== '1' && listener !== '2') return 'refused'
  const address = (Array.isArray(forwarded) ? forwarded.join(',') : (forwarded ?? '')).split(',').at(-1)?.trim()
  request.headers['x-forwarded-proto'] = env().publicUrl.protocol.replace(':', '')
  request.headers['x-forwarded-host'] = request.headers.host ?? ''
  return { address: normalizeAddress(address || request.socket.remoteAddress), listener }
}

/** contract.md, Machine endpoints: pages and the machine endpoints of host 1 are not served on the 2-way host; health is on both. */
function isOfOneWayHost(path: string): boolean {
  if (isHealthPath(path)) return false
  return !isMachinePath(path) || matchMachineRoute(path)?.route.host === '1'
}

/** Any of these tells that somebody stands between the browser and us. */
const FORWARDING_HEADERS = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip']

const FORWARDED_HEADERS = [
  'countersign-proxy',
  'countersign-listener',
  'client-cert',
  'client-cert-chain',
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-forwarded-port',
  'x-real-ip',
  'x-middleware-subrequest',
]

function normalizeAddress(address: string | undefined): string {
  return (address ?? '').replace(/^::ffff:(?=\d+\.)/, '')
}

/** contract.md: encoded letters, digits, dots, double slashes and backslashes make a path that nobody serves. */
function isCanonical(url: string): boolean {
  const path = url.split('?', 1)[0] as string
  if (!path.startsWith('/') || path.includes('//') || path.includes('\\')) return false
  if (/(^|\/)\.\.?(\/|$)/.test(path)) return false
  // RFC 3986 §6.2.2.2: unreserved characters are not encoded; nor are separators, which would hide a segment.
  return !/%(?![0-9a-f]{2})|%(?:[46][1-9a-f]|[57][0-9a]|3[0-9]|2[def]|5[cf]|7e|00)/i.test(path)
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split('?', 1)[0] as string
}

function isKnownAuthority(host: string): boolean {
  const { publicUrl, apiUrl, demo } = env()
  if (host === publicUrl.host || host === apiUrl.host) return true
  return demo && /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(host)
}

function refused(response: ServerResponse, status: number, message: string, requestId: string): null {
  refuse(response, status, message, requestId)
  return null
}

function refuse(response: ServerResponse, status: number, message: string, requestId: string): void {
  const body = JSON.stringify({
    code: status,
    message,
    request_id: requestId,
    ...(status === 421 ? { host: env().publicUrl.origin } : {}),
  })
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    'X-Request-Id': requestId,
    ...(status === 413 ? { Connection: 'close' } : {}),
  })
  response.end(body)
}

const CLIENT_ERRORS: Record<string, [number, string]> = {
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout'],
}

/** What never became a request (too large, too slow, not HTTP) has its answer and its id as well. */
function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const [status, reason] = CLIENT_ERRORS[error.code ?? ''] ?? [400, 'Bad Request']
  const requestId = newRequestId()
  log().info({ requestId, reason: error.code }, 'not a request')
  const body = JSON.stringify({ code: status, message: reason, request_id: requestId })
  socket.end(
    `HTTP/1.1 ${status} ${reason}\r\nConnection: close\r\nContent-Type: application/json; charset=utf-8\r\n` +
      `Cache-Control: no-store\r\nX-Request-Id: ${requestId}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}
