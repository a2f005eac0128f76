import { randomBytes } from 'node:crypto'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import { SECOND } from '@/lib/core/time'
import { env } from '@/lib/env/env'
import { log } from '@/lib/log/log'
import { normalizeAddress } from './tls/peer-address'

// Ids need no secrecy, only that two never meet: a random part of the process and a counter.
const idOfProcess = randomBytes(6).toString('hex')
let requests = 0

export function newRequestId(): string {
  requests += 1
  return `req_${idOfProcess}${requests.toString(36).padStart(6, '0')}`
}

const LINGER_MS = SECOND
const CLIENT_ERRORS: Record<string, [number, string]> = {
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout'],
}

/** What never became a request (too large, too slow, not HTTP) has its answer and its id as well. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const [status, reason] = CLIENT_ERRORS[error.code ?? ''] ?? [400, 'Bad Request']
  const requestId = newRequestId()
  log().info({ requestId, reason: error.code }, 'not a request')
  // Closed at once, what the client still sends would reset the connection before it has read this.
  socket.end(rawAnswer(status, reason, reason, requestId))
  setTimeout(() => socket.destroy(), LINGER_MS).unref()
}

// RFC 8446 §6: a record of a fatal alert, protocol_version.
const ALERT_PROTOCOL_VERSION = Buffer.from([21, 3, 3, 0, 2, 2, 70])

/**
 * What never became a TLS connection. OpenSSL tells its reason by an alert wherever it has begun to speak TLS; plain HTTP is
 * answered in plain HTTP, and bytes that are no TLS at all get the one alert that fits.
 */
export function answerHandshakeError(error: NodeJS.ErrnoException, socket: TLSSocket, listener: '1' | '2'): void {
  // Through the TLS socket nothing can be said any more; the connection beneath it is open until it is destroyed.
  const beneath = (socket as { _parent?: Duplex })._parent
  const writable = beneath?.writable === true && !beneath.destroyed
  const requestId = newRequestId()
  const address = normalizeAddress(socket.remoteAddress ?? (beneath as Partial<TLSSocket> | undefined)?.remoteAddress)
  log().info({ requestId, address, reason: error.code, listener }, 'no handshake')
  if (writable && error.code === 'ERR_SSL_HTTP_REQUEST') {
    const { origin } = listener === '2' ? env().apiUrl : env().publicUrl
    const message = `This port speaks TLS. Use https${origin.startsWith('https:') ? `: ${origin}` : ''}`
    beneath.write(rawAnswer(400, 'Bad Request', message, requestId))
  } else if (writable && error.code === 'ERR_SSL_WRONG_VERSION_NUMBER') {
    beneath.write(ALERT_PROTOCOL_VERSION)
  }
  socket.destroy()
}

function rawAnswer(status: number, reason: string, message: string, requestId: string): string {
  const body = JSON.stringify({ code: status, message, request_id: requestId })
  return (
    `HTTP/1.1 ${status} ${reason}\r\nConnection: close\r\nContent-Type: application/json; charset=utf-8\r\n` +
    `Cache-Control: no-store\r\nX-Request-Id: ${requestId}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  )
}
