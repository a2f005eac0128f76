import { AsyncLocalStorage } from 'node:async_hooks'
import type { Hex } from '@/lib/core/secrets'

/** The leaf that the client proved to hold the key of, in this handshake or before a proxy that proved itself. */
export type ClientCertificate = {
  /** Lower-case hex, of the DER. */
  sha256: Hex
  der: Buffer
  /** Of the handshake, as OpenSSL names it (`TLSv1.3`); none where a proxy made it. */
  protocol?: string
}

/** contract.md, Machine endpoints. 1: the 1-way host only; 2: the 2-way host only; 1|2: as the calling application requires. */
export type HostRule = '1' | '2' | '1|2'

/** What a web-standard Request cannot carry: where it came in, from whom, and that the listener's guard let it pass. */
export type RequestInfo = {
  requestId: string
  /** Which listener: `1` 1-way, `2` 2-way, `development` serves both. */
  listener: '1' | '2' | 'development'
  address: string
  /** The origin as the client sees it; with TLS, cookies get `__Host-`. */
  secure: boolean
  /** The request carried headers that a proxy adds, so `address` need not be the browser's. */
  forwarded?: boolean
  /** On the 2-way listener, once its guard has passed: never null there. */
  certificate: ClientCertificate | null
  /** What was known of its revocation, and since when; for the log. Absent for a certificate of no chain here. */
  revocation?: { verdict: string; ageSeconds: number | null }
  /** Of the machine route that was matched. */
  host?: HostRule
}

const KEY = Symbol.for('countersign.request-info')
type Holder = { [KEY]?: AsyncLocalStorage<RequestInfo> }

export function requestInfoStorage(): AsyncLocalStorage<RequestInfo> {
  const holder = globalThis as Holder
  holder[KEY] ??= new AsyncLocalStorage<RequestInfo>()
  return holder[KEY]
}

/** Null outside a listener's guard: nothing that needs it may then answer. */
export function requestInfo(): RequestInfo | null {
  return requestInfoStorage().getStore() ?? null
}
