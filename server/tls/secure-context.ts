import { constants } from 'node:crypto'
import type { SecureContextOptions } from 'node:tls'
import { toPem } from '@/lib/certificates/to-pem'
import type { TrustStore } from '@/lib/certificates/trust-store'
import type { ServerCertificate } from './development-certificate'

/** Forward secrecy and authenticated encryption, nothing else: the first three are TLS 1.3's. */
const CIPHERS = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_AES_128_GCM_SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
].join(':')

/**
 * TLS 1.2 and 1.3 without renegotiation. With a trust store, for the 2-way listener: no tickets either, so that no session
 * outlives its handshake (ADR-0100); session ids are not kept in any case.
 */
export function secureContextOf(server: ServerCertificate, trust: TrustStore | null): SecureContextOptions {
  const { SSL_OP_NO_RENEGOTIATION, SSL_OP_NO_TICKET } = constants
  return {
    cert: server.cert,
    key: server.key,
    minVersion: 'TLSv1.2',
    maxVersion: 'TLSv1.3',
    ciphers: CIPHERS,
    honorCipherOrder: true,
    secureOptions: SSL_OP_NO_RENEGOTIATION | (trust ? SSL_OP_NO_TICKET : 0),
    // An empty list trusts nobody; none at all would trust every public CA.
    ...(trust ? { ca: trust.certificates.map((der) => toPem([der])) } : {}),
  }
}
