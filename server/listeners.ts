import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import https from 'node:https'
import { isIP } from 'node:net'
import { type SecureContextOptions, TLSSocket } from 'node:tls'
import { handshakeReporter } from '@/lib/certificates/handshake-reporter'
import { requireAllowed, revocationOf } from '@/lib/certificates/revocation/verdicts'
import { currentTime } from '@/lib/context/clock'
import { type RequestInfo, requestInfoStorage } from '@/lib/context/request-info'
import { isDomainError } from '@/lib/core/errors'
import { equalBytes, sha256 } from '@/lib/core/secrets'
import { MINUTE, SECOND } from '@/lib/core/time'
import { env } from '@/lib/env/env'
import type { PlainResponse } from '@/lib/http/machine-message'
import { oauthErrorOf } from '@/lib/http/oauth-endpoint'
import { BODY_BYTES_MAX } from '@/lib/http/parse-body'
import { STATUS_OF_KIND } from '@/lib/http/problem'
import { codeOfStatus, problemOf } from '@/lib/http/problem-document'
import { log } from '@/lib/log/log'
import { answerClientError, answerHandshakeError, newRequestId } from './answer-client-error'
import { serveBounded } from './bounded-body'
import { answerHealth, isHealthPath } from './health'
import { isMachinePath, type Match, METHODS, type Method, matchMachineRoute } from './machine-routes'
import { NodeRequest } from './node-request'
import { noteConnection, type Presented, presentedBy, presentedOn, requireTrusted } from './tls/client-certificate'
import { normalizeAddress } from './tls/peer-address'

export type PageHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>

// A page's form may carry a logo (512 KiB); machine bodies have their own, smaller limit.
const PAGE_BODY_BYTES_MAX = 2 * 1024 * 1024

const LIMITS = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 10 * SECOND,
  requestTimeout: 30 * SECOND,
  keepAliveTimeout: 65 * SECOND,
  connectionsCheckingInterval: 2 * SECOND,
  handshakeTimeout: 10 * SECOND,
  requireHostHeader: true,
  noDelay: true,
}
// Of a connection on which neither side gets anything across: whoever does not read its answer ends here.
const SILENCE_MS = 2 * MINUTE
const CONNECTIONS_MAX = 20_000
// How long what nobody will read may go on after its answer.
const UNREAD_MS = SECOND / 2

type Listener = 'plain' | '1' | '2'
type Patience = Pick<
  typeof LIMITS,
  'headersTimeout' | 'requestTimeout' | 'handshakeTimeout' | 'connectionsCheckingInterval'
> & { silence: number }
type ListenerOptions = { pagesServeMachines: boolean; patience?: Partial<Patience> }

/**
 * The plain HTTP listener on PORT: the development listener in demo mode, else what a TLS proxy talks to. Every request passes
 * one guard before any route: authority, canonical path, proxy headers, client certificate, size.
 */
export function createPlainListener(pages: PageHandler, options: ListenerOptions): http.Server {
  const server = http.createServer({ ...LIMITS, ...options.patience }, answerRequests('plain', pages, options))
  return bounded(server, options)
}

/**
 * A TLS listener: `1` on TLS_PORT for everybody, `2` on MTLS_PORT for who has a client certificate. HTTP/1.1 alone. Call
 * `setSecureContext(secureContextOf(…))` on it for another server certificate or trust store: open connections stay.
 */
export function createTlsListener(
  way: '1' | '2',
  context: SecureContextOptions,
  pages: PageHandler,
  options: ListenerOptions,
): https.Server {
  const server = https.createServer(
    {
      ...LIMITS,
      ...options.patience,
      ...context,
      ALPNProtocols: ['http/1.1'],
      // Soft: a handshake that OpenSSL breaks off is mute, and nobody learns why (ADR-0100). The guard refuses, with the reason.
      requestCert: way === '2',
      rejectUnauthorized: false,
    },
    answerRequests(way, pages, options),
  )
  server.on('tlsClientError', (error: NodeJS.ErrnoException, socket) => answerHandshakeError(error, socket, way))
  if (way === '2') server.on('secureConnection', noteConnection)
  return bounded(server, options)
}

function bounded<T extends http.Server | https.Server>(server: T, { patience }: ListenerOptions): T {
  server.maxConnections = CONNECTIONS_MAX
  server.timeout = patience?.silence ?? SILENCE_MS
  server.on('clientError', answerClientError)
  return server
}

function answerRequests(listener: Listener, pages: PageHandler, options: ListenerOptions) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    const info = admitted(listener, request, response)
    if (!info) return
    const path = pathOf(request)
    if (isHealthPath(path)) void answerHealth(path, request, response, info)
    else if (!isMachinePath(path)) servePage(pages, request, response, info)
    else {
      const match = matchMachineRoute(path)
      if (match) info.host = match.route.host
      if (match && options.pagesServeMachines) servePage(pages, request, response, info)
      else if (request.method !== 'GET') serveMachine(match, request, response, info)
      else {
        // To a handler a GET has no body: nobody else would count it.
        serveBounded(request, BODY_BYTES_MAX, {
          serve: () => serveMachine(match, request, response, info),
          tooLarge: () => refuse(request, response, info, TOO_LARGE),
        })
      }
    }
  }
}

function servePage(pages: PageHandler, request: IncomingMessage, response: ServerResponse, info: RequestInfo): void {
  serveBounded(request, PAGE_BODY_BYTES_MAX, {
    serve: () => runPage(pages, request, response, info),
    tooLarge: () => refuse(request, response, info, TOO_LARGE),
  })
}

function runPage(pages: PageHandler, request: IncomingMessage, response: ServerResponse, info: RequestInfo): void {
  response.setHeader('X-Request-Id', info.requestId)
  request.headers['x-request-id'] = info.requestId
  requestInfoStorage()
    .run(info, () => pages(request, response))
    .catch((error: unknown) => {
      log().error({ err: error, requestId: info.requestId }, 'page failed')
      breakOff(request, response, info)
    })
}

function breakOff(request: IncomingMessage, response: ServerResponse, info: RequestInfo): void {
  if (response.headersSent) response.destroy()
  else refuse(request, response, info, { status: 500, message: 'Something went wrong on our side.' })
}

function serveMachine(
  match: Match | null,
  request: IncomingMessage,
  response: ServerResponse,
  info: RequestInfo,
): void {
  const handler = match?.route.handlers[request.method as Method]
  if (!match || !handler) write(request, response, notServed(request, match, info))
  else {
    const answered = requestInfoStorage().run(info, () => handler.answer(new NodeRequest(request), match.params))
    answered
      .then((answer) => write(request, response, answer))
      .catch((error: unknown) => {
        log().error({ err: error, requestId: info.requestId }, 'a handler failed')
        breakOff(request, response, info)
      })
  }
}

function write(request: IncomingMessage, response: ServerResponse, { status, headers, body }: PlainResponse): void {
  // RFC 9110 §8.6: a 204 has no length.
  if (body === null) response.writeHead(status, status === 204 ? headers : { ...headers, 'Content-Length': 0 }).end()
  else response.writeHead(status, { ...headers, 'Content-Length': Buffer.byteLength(body) }).end(body)
  if (!request.complete) response.once('close', () => setTimeout(cutOff, UNREAD_MS, request).unref())
}

/** node:http passes over a body that nobody has read, however long it goes on. */
function cutOff({ complete, destroyed, socket }: IncomingMessage): void {
  if (!complete && !destroyed) socket.destroySoon()
}

function notServed(request: IncomingMessage, match: Match | null, info: RequestInfo): PlainResponse {
  const allowed = match && METHODS.filter((method) => match.route.handlers[method]).join(', ')
  const refusal = allowed === null ? NOT_FOUND : { status: 405, message: `Use ${allowed}.` }
  const { body, headers } = answerOf(request, info, refusal)
  return { status: refusal.status, headers: { ...headers, ...(allowed === null ? {} : { Allow: allowed }) }, body }
}

/** The guard. Null once it has answered by itself: whoever it cannot judge is not let in, and nothing is thrown out of an event. */
function admitted(listener: Listener, request: IncomingMessage, response: ServerResponse): RequestInfo | null {
  const requestId = newRequestId()
  try {
    return admit(listener, requestId, request, response)
  } catch (error) {
    log().error({ err: error, requestId }, 'the guard failed')
    const message = 'Something went wrong on our side.'
    refuse(request, response, { requestId, listener: null }, { status: 500, message, code: codeOfStatus(500) })
    return null
  }
}

function admit(
  listener: Listener,
  requestId: string,
  request: IncomingMessage,
  response: ServerResponse,
): RequestInfo | null {
  const forwarded = FORWARDING_HEADERS.some((name) => name in request.headers)
  const proxied = readProxy(listener, request)
  if (proxied === 'refused') {
    refuse(request, response, { requestId, listener: null }, { status: 403, message: 'This port is for the proxy.' })
    return null
  }
  const info: RequestInfo = {
    requestId,
    listener: proxied?.listener ?? (listener !== 'plain' ? listener : env().demo ? 'development' : '1'),
    address: proxied?.address ?? normalizeAddress(request.socket.remoteAddress),
    secure: listener !== 'plain' || env().publicUrl.protocol === 'https:',
    forwarded,
    certificate: null,
  }
  const refusal = refusalOf(info, request, proxied?.clientCert)
  if (!refusal) return info
  refuse(request, response, info, refusal)
  return null
}

type Refusal = { status: number; message: string; code?: string; host?: string }

const TOO_LARGE: Refusal = { status: 413, message: 'The request is too large.' }
const NOT_FOUND: Refusal = { status: 404, message: 'There is nothing here, or it is not yours to see.' }

/** In the order of ADR-0100; whoever comes without a certificate learns nothing else of the 2-way host. */
function refusalOf(info: RequestInfo, request: IncomingMessage, clientCert: string | undefined): Refusal | null {
  const path = pathOf(request)
  const misdirected = misdirection(info, request, path)
  if (info.listener !== '2') {
    if (!isCanonical(request.url ?? '')) return NOT_FOUND
    return misdirected ?? wrongHostOf(info, path)
  }
  const now = currentTime()
  const { requestId, address } = info
  let presented: Presented | null = null
  try {
    const { socket } = request
    const isDirect = socket instanceof TLSSocket
    presented = isDirect ? presentedOn(socket, now) : presentedBy(clientCert)
    if (misdirected) return misdirected
    const revocation = revocationOf(presented.certificate.sha256, now)
    if (revocation) info.revocation = { verdict: revocation.verdict, ageSeconds: revocation.ageSeconds }
    // First: what led to a root left the trust store with the revocation.
    if (revocation?.verdict === 'revoked') requireAllowed(revocation)
    const certificate = requireTrusted(presented, now)
    requireAllowed(revocation)
    info.certificate = certificate
    if (!isDirect) handshakeReporter().noteSound(certificate, { now, address })
  } catch (error) {
    if (!isDomainError(error)) throw error
    const refused = { code: error.reason, certificate: presented?.certificate ?? null, clientId: keyNamedBy(request) }
    const protocol = request.socket instanceof TLSSocket ? request.socket.getProtocol() : null
    handshakeReporter().noteRefused(refused, { now, address, protocol })
    const { reason, detail } = error
    log().info({ requestId, address, reason, detail, revocation: info.revocation }, 'client certificate refused')
    return { status: STATUS_OF_KIND[error.kind], message: error.message, code: error.reason }
  }
  if (!isCanonical(request.url ?? '')) return NOT_FOUND
  return wrongHostOf(info, path)
}

/** The Application Key of HTTP Basic, before anything of it is believed. */
function keyNamedBy({ headers }: IncomingMessage): string | null {
  const encoded = /^Basic ([A-Za-z0-9+/]{44,})/i.exec(headers.authorization ?? '')?.[1]
  return encoded === undefined ? null : Buffer.from(encoded.slice(0, 44), 'base64').toString('latin1').slice(0, 32)
}

/** The authority is one of this listener's, and the name of the TLS handshake is the same (RFC 9110 §7.4). */
function misdirection(info: RequestInfo, request: IncomingMessage, path: string): Refusal | null {
  const host = request.headers.host ?? ''
  const { socket } = request
  const name = socket instanceof TLSSocket && socket.servername ? socket.servername : null
  if (isKnownAuthority(info.listener, host, socket.localPort)) {
    // RFC 6066 §3 leaves the name out for an address, and asks nobody to send one.
    if (name === null || name.toLowerCase() === hostnameOf(host)) return null
    return { status: 421, message: 'The TLS handshake was for another host.', host: originOf(info.listener) }
  }
  if (isHealthPath(path) && info.listener !== '2') return null
  return { status: 421, message: 'This server does not answer for that host.', host: originOf(info.listener) }
}

function originOf(listener: RequestInfo['listener']): string {
  const { publicUrl, apiUrl } = env()
  return listener === '2' ? apiUrl.origin : publicUrl.origin
}

/** contract.md, Machine endpoints: a route answers on its own host; pages and health on the 1-way host. */
function wrongHostOf(info: RequestInfo, path: string): Refusal | null {
  if (info.listener === 'development') return null
  const rule = isMachinePath(path) ? matchMachineRoute(path)?.route.host : '1'
  if (info.listener === '1' && rule === '2') {
    return { status: 421, message: 'This is on the host with client certificates.', host: env().apiUrl.origin }
  }
  if (info.listener === '2' && rule === '1' && !isHealthPath(path)) {
    return { status: 421, message: 'This is on the host without client certificates.', host: env().publicUrl.origin }
  }
  return null
}

type Proxied = { address: string; listener: '1' | '2'; clientCert: string | undefined }

/**
 * With TRUSTED_PROXY_SECRET every request on PORT must prove that it comes from the proxy; the client's address is then the
 * last of X-Forwarded-For. Without, or afterwards, no forwarded header is left for anybody to read.
 */
function readProxy(listener: Listener, request: IncomingMessage): Proxied | 'refused' | null {
  const secret = listener === 'plain' ? env().trustedProxySecret : null
  const given = request.headers['countersign-proxy']
  const way = request.headers['countersign-listener']
  const forwarded = request.headers['x-forwarded-for']
  const clientCert = request.headers['client-cert']
  for (const name of FORWARDED_HEADERS) if (name in request.headers) delete request.headers[name]
  if (secret === null) return null
  if (typeof given !== 'string' || !equalBytes(sha256(given), sha256(secret))) return 'refused'
  if (way !== '1' && way !== '2') return 'refused'
  const address = (Array.isArray(forwarded) ? forwarded.join(',') : (forwarded ?? '')).split(',').at(-1)?.trim() ?? ''
  if (isIP(address) === 0) {
    // Taken for the proxy's own, failures of everybody would be counted as one client's.
    log().warn({ proxy: request.socket.remoteAddress }, 'the proxy names no client address in X-Forwarded-For')
    return 'refused'
  }
  request.headers['x-forwarded-proto'] = env().publicUrl.protocol.replace(':', '')
  request.headers['x-forwarded-host'] = request.headers.host ?? ''
  return {
    address: normalizeAddress(address),
    listener: way,
    clientCert: Array.isArray(clientCert) ? clientCert.join(', ') : clientCert,
  }
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

/** contract.md: encoded letters, digits, dots, double slashes and backslashes make a path that nobody serves. */
function isCanonical(url: string): boolean {
  const path = url.split('?', 1)[0] as string
  if (!path.startsWith('/') || path.includes('//') || path.includes('\\')) return false
  if (/(^|\/)\.\.?(\/|$)/.test(path)) return false
  // RFC 3986 §6.2.2.2: unreserved characters are not encoded; nor are separators, which would hide a segment.
  return !/%(?![0-9a-f]{2})|%(?:[46][1-9a-f]|[57][0-9a]|3[0-9]|2[def]|5[cf]|7e|00)/i.test(path)
}

function isBelow(path: string, prefix: string): boolean {
  return path === prefix || path.startsWith(`${prefix}/`)
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split('?', 1)[0] as string
}

/**
 * Each listener answers for its own host; the development listener, and plain HTTP on loopback, for both. In demo mode also
 * for the loopback names, with any listener's port, be it the one that it came in by alone, or with none.
 */
function isKnownAuthority(listener: RequestInfo['listener'], host: string, localPort = 0): boolean {
  const { publicUrl, apiUrl, demo, port, tlsPort, mtlsPort } = env()
  if (listener !== '2' && isAuthorityOf(publicUrl, host)) return true
  if (listener !== '1' && isAuthorityOf(apiUrl, host)) return true
  const named = demo ? /^(?:localhost|127\.0\.0\.1|\[::1\])(?::([1-9]\d*))?$/i.exec(host) : null
  return named !== null && (named[1] === undefined || [port, tlsPort, mtlsPort, localPort].includes(Number(named[1])))
}

/** As clients may write it; taken apart once, since every request asks. */
const authorities = new WeakMap<URL, Set<string>>()

/** RFC 9110 §4.2.3: names are compared without case, and the port of the scheme may be written or left out. */
function isAuthorityOf(url: URL, host: string): boolean {
  let written = authorities.get(url)
  if (!written) {
    const { protocol, hostname, port } = url
    const usual = protocol === 'https:' ? '443' : '80'
    written = new Set([`${hostname}:${port || usual}`])
    if (port === '' || port === usual) written.add(hostname)
    authorities.set(url, written)
  }
  return written.has(host.toLowerCase())
}

function hostnameOf(host: string): string {
  return host.replace(/:\d+$/, '').toLowerCase()
}

type Form = 'problem' | 'oauth' | 'error-info'

/**
 * How a refusal is written: the 2-way host, `/v1`, and whatever the certificate is to blame for, as problem documents (RFC 9457);
 * `/oauth2` as RFC 6749 §5.2 has it; Family A and pages as ErrorInfo.
 */
function formOf(request: IncomingMessage, { listener, code }: { listener: Whence; code?: string | undefined }): Form {
  const path = pathOf(request)
  if (listener === '2' || code !== undefined || isBelow(path, '/v1')) return 'problem'
  return isBelow(path, '/oauth2') ? 'oauth' : 'error-info'
}

function bodyOf(form: Form, requestId: string, { status, message, code, host }: Refusal): Record<string, unknown> {
  const elsewhere: Record<string, string> = host === undefined ? {} : { host }
  switch (form) {
    case 'problem':
      return problemOf({ status, code: code ?? codeOfStatus(status), title: message, requestId, host })
    case 'oauth':
      return oauthErrorOf(status === 500 ? 'server_error' : 'invalid_request', message, elsewhere)
    case 'error-info':
      return { code: status, message, request_id: requestId, ...elsewhere }
  }
}

const CONTENT_TYPES: Record<Form, string> = {
  problem: 'application/problem+json',
  oauth: 'application/json',
  'error-info': 'application/json; charset=utf-8',
}

/** Of `listener` nothing is known where the proxy did not prove itself. */
type Whence = RequestInfo['listener'] | null

function answerOf(request: IncomingMessage, info: { requestId: string; listener: Whence }, refusal: Refusal) {
  const { requestId, listener } = info
  const form = formOf(request, { listener, code: refusal.code })
  const body = JSON.stringify(bodyOf(form, requestId, refusal))
  const headers = { 'Content-Type': CONTENT_TYPES[form], 'Cache-Control': 'no-store', 'X-Request-Id': requestId }
  return { body, headers }
}

function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  info: { requestId: string; listener: Whence },
  refusal: Refusal,
): void {
  const { body, headers } = answerOf(request, info, refusal)
  response.writeHead(refusal.status, {
    ...headers,
    'Content-Length': Buffer.byteLength(body),
    ...(refusal.status === 413 || refusal.code ? { Connection: 'close' } : {}),
  })
  response.end(body)
}
