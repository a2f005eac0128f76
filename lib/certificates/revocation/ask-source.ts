import { randomBytes } from 'node:crypto'
import type { Context } from '@/lib/context/context'
import { isDomainError } from '@/lib/core/errors'
import { env } from '@/lib/env/env'
import { type OutboundRequest, sendOutbound } from '@/lib/outbound/guard'
import type { Certificate } from '../parse-certificate'
import { getSandboxCrl, SANDBOX_CRL_PATH } from '../sandbox-crl'
import type { Answer } from './answer'
import { RevocationError, type RevocationFault } from './errors'
import type { Source } from './find-sources'
import { makeOcspRequest } from './ocsp-request'
import { type CrlRequest, readCrl } from './read-crl'
import { readOcsp } from './read-ocsp'

export type AskedSource = Source & {
  issuer: Certificate
  /** Of a responder: whom it is asked about. */
  certificate: Certificate | null
}
export type Limits = { timeoutMs: number; maxBytes: number }
/** `answers` by serial number, as octets in lower-case hex. */
export type Answered = { thisUpdate: Date; nextUpdate: Date | null; answers: Map<string, Answer> }

const MAX_OCSP_BYTES = 64 * 1024

/**
 * Asks an authority over the guard on outbound requests, and believes nothing that it has not signed. The sandbox's own list is
 * taken from where it is made. @throws RevocationError
 */
export async function askSource(
  ctx: Context,
  source: AskedSource,
  wanted: CrlRequest['wanted'],
  limits: Limits,
): Promise<Answered> {
  const { kind, url, issuer, certificate } = source
  if (kind === 'crl') {
    const own = url === `${env().publicUrl.origin}${SANDBOX_CRL_PATH}` ? await getSandboxCrl(ctx) : null
    const bytes = own ?? (await fetchBytes({ url, headers: { Accept: 'application/pkix-crl' }, ...limits }))
    return readCrl({ bytes, url, issuer, wanted, now: ctx.now })
  }
  if (kind !== 'ocsp' || !certificate) throw new RevocationError('unsupported')
  const nonce = randomBytes(16)
  const bytes = await fetchBytes({
    url,
    method: 'POST',
    headers: { 'Content-Type': 'application/ocsp-request', Accept: 'application/ocsp-response' },
    body: makeOcspRequest(certificate, issuer, nonce),
    timeoutMs: limits.timeoutMs,
    maxBytes: MAX_OCSP_BYTES,
  })
  const answer = readOcsp({ bytes, certificate, issuer, nonce, now: ctx.now })
  const { thisUpdate, nextUpdate } = answer
  return { thisUpdate, nextUpdate, answers: new Map([[certificate.serial.toString('hex'), answer]]) }
}

async function fetchBytes(request: OutboundRequest): Promise<Buffer> {
  try {
    const { status, body } = await sendOutbound({ ...request, signedAnswer: true })
    if (status !== 200) throw new RevocationError('http-status')
    return body
  } catch (error) {
    if (!isDomainError(error)) throw error
    throw new RevocationError(FAULTS[error.reason] ?? 'unreachable', error)
  }
}

const FAULTS: Record<string, RevocationFault> = {
  'outbound-address-refused': 'address-refused',
  'outbound-too-large': 'too-large',
  'outbound-timeout': 'timeout',
}
