import { X509Certificate } from 'node:crypto'
import type { TLSSocket } from 'node:tls'
import { describeName } from '@/lib/certificates/describe-name'
import { findPath, type Path } from '@/lib/certificates/find-path'
import {
  certificateExpired,
  certificateMissing,
  certificateNotYetValid,
  certificateUnreadable,
  certificateUntrusted,
  certificateWrongUsage,
  chainRevoked,
  chainSuperseded,
  sessionResumed,
} from '@/lib/certificates/handshake-errors'
import { handshakeReporter } from '@/lib/certificates/handshake-reporter'
import { currentTime } from '@/lib/context/clock'
import type { ClientCertificate } from '@/lib/context/request-info'
import { type DomainError, isDomainError } from '@/lib/core/errors'
import { sha256, toHex } from '@/lib/core/secrets'
import { log } from '@/lib/log/log'
import { readClientCertHeader } from './client-cert-header'
import { normalizeAddress } from './peer-address'
import { keepSocket, trustStore } from './trust'

/** What came with a handshake, directly or by the word of the proxy. */
export type Presented = {
  certificate: ClientCertificate
  notBefore: Date
  notAfter: Date
  /** What is wrong with the path to a root, or null. */
  faultAt(now: Date): DomainError | null
}

/** What a handshake proved does not change while its connection lives; whether it still counts is asked each time. */
const handshakes = new WeakMap<TLSSocket, Presented>()

/** @throws DomainError `certificate-missing`, `certificate-session-resumed` */
export function presentedOn(socket: TLSSocket, now: Date): Presented {
  // TLS 1.3 would call a resumed session authorized though no certificate came with it (ADR-0100).
  if (socket.isSessionReused()) throw sessionResumed()
  const presented = handshakes.get(socket) ?? readHandshake(socket, now)
  if (!presented) throw certificateMissing()
  return presented
}

/**
 * The certificate that the proxy reports. Its path is looked for among the trust anchors and the stored intermediates,
 * never in a header. @throws DomainError `certificate-missing`, `certificate-unreadable`
 */
export function presentedBy(header: string | undefined): Presented {
  if (header === undefined || header === '') throw certificateMissing()
  const known = proxied.get(header)
  if (!known) return readHeader(header)
  // The least recently used comes first.
  proxied.delete(header)
  proxied.set(header, known)
  return known
}

/** What headers of before said, where a path led to a root. */
const proxied = new Map<string, Presented>()
const PROXIED_MAX = 500

function readHeader(header: string): Presented {
  const der = readClientCertHeader(header)
  const leaf = der && parse(der)
  // OpenSSL reads a certificate and ignores what follows it.
  if (!leaf || leaf.raw.length !== der.length) throw certificateUnreadable('the proxy reports no certificate')
  let sound: { among: readonly Buffer[]; from: Date; until: Date } | null = null
  const presented = { ...describe(leaf), faultAt }
  return presented

  function faultAt(now: Date): DomainError | null {
    const { certificates: among } = trustStore()
    if (sound?.among === among && sound.from <= now && now <= sound.until) return null
    const path = findPath(leaf as X509Certificate, trustStore(), now)
    sound = path.outcome === 'sound' ? { ...path, among } : null
    if (path.outcome !== 'sound') return pathFaultOf(leaf as X509Certificate, path.outcome, now)
    remember(header, presented)
    return null
  }
}

/** Nobody fills this with certificates of their own making: they lead nowhere. */
function remember(header: string, presented: Presented): void {
  proxied.set(header, presented)
  const [oldest] = proxied.keys()
  if (proxied.size > PROXIED_MAX && oldest !== undefined) proxied.delete(oldest)
}

/** Remembers who connected, request or not: somebody may be trying just that. */
export function noteConnection(socket: TLSSocket): void {
  const now = currentTime()
  try {
    const certificate = requireTrusted(presentedOn(socket, now), now)
    const { protocol } = certificate
    handshakeReporter().noteSound(certificate, { now, address: normalizeAddress(socket.remoteAddress), protocol })
  } catch (error) {
    if (isDomainError(error)) return // the first request is told, and noted with what it says of itself
    // Nobody catches what leaves an event: it would end the process.
    log().error({ err: error }, 'a connection could not be looked at')
    socket.destroy()
  }
}

/** It leads to a root and its dates hold now. @throws DomainError with one of HANDSHAKE_CODES */
export function requireTrusted(presented: Presented, now: Date): ClientCertificate {
  const fault = presented.faultAt(now)
  if (fault) throw fault
  if (presented.notBefore > now) throw certificateNotYetValid(presented.notBefore)
  if (presented.notAfter < now) throw certificateExpired(presented.notAfter)
  return presented.certificate
}

function readHandshake(socket: TLSSocket, now: Date): Presented | null {
  const leaf = socket.getPeerX509Certificate()
  if (!leaf) return null
  const fault = socket.authorized ? null : handshakeFaultOf(leaf, String(socket.authorizationError), now)
  const described = describe(leaf)
  const certificate = { ...described.certificate, protocol: socket.getProtocol() ?? undefined }
  const presented = { ...described, certificate, faultAt: () => fault }
  handshakes.set(socket, presented)
  keepSocket(socket, presented.certificate.sha256)
  return presented
}

function describe(leaf: X509Certificate): Omit<Presented, 'faultAt'> {
  const certificate = { der: leaf.raw, sha256: toHex(sha256(leaf.raw)) }
  return { certificate, notBefore: new Date(leaf.validFrom), notAfter: new Date(leaf.validTo) }
}

function handshakeFaultOf(leaf: X509Certificate, code: string, now: Date): DomainError {
  const notAfter = new Date(leaf.validTo)
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return certificateExpired(notAfter <= now ? notAfter : null)
    case 'CERT_NOT_YET_VALID':
      return certificateNotYetValid(new Date(leaf.validFrom))
    case 'INVALID_PURPOSE':
      return certificateWrongUsage()
    default:
      return untrusted(leaf, code, now)
  }
}

function pathFaultOf(leaf: X509Certificate, outcome: Exclude<Path['outcome'], 'sound'>, now: Date): DomainError {
  switch (outcome) {
    case 'expired':
      return certificateExpired(null)
    case 'wrong-usage':
      return certificateWrongUsage()
    case 'none':
      return untrusted(leaf, 'no path among the stored certificates', now)
  }
}

/** The stored intermediates of a chain that has ended lead nowhere any more; why it ended is the reason. */
function untrusted(leaf: X509Certificate, detail: string, now: Date): DomainError {
  const notAfter = new Date(leaf.validTo)
  switch (trustStore().ended.get(toHex(sha256(leaf.raw)))) {
    case 'revoked':
      return chainRevoked()
    case 'superseded':
      return chainSuperseded()
    case 'expired':
      return certificateExpired(notAfter <= now ? notAfter : null)
  }
  return certificateUntrusted(describeName(leaf.subject), describeName(leaf.issuer), detail)
}

function parse(der: Buffer): X509Certificate | null {
  try {
    return new X509Certificate(der)
  } catch {
    return null
  }
}
