import { AsyncLocalStorage } from 'node:async_hooks'

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
