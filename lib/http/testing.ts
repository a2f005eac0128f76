import { AsyncLocalStorage } from 'node:async_hooks'
import { createTranslator } from 'use-intl/core'
import { type RequestInfo, requestInfoStorage } from '@/lib/context/request-info'
import { cookieName } from '@/lib/session/cookies'
import en from '@/messages/en.json'
import type { MachineHandler } from './machine-endpoint'

/** Calls an exported route handler as a listener would: below its guard, with a request id and an address. */
export async function callMachine(
  handler: MachineHandler,
  init: {
    method?: string
    url?: string
    body?: unknown
    headers?: Record<string, string>
    bearer?: string
    params?: Record<string, string>
    address?: string
    /** Where it came in; the development listener unless told otherwise. */
    info?: Partial<RequestInfo>
  } = {},
): Promise<{ status: number; body: Record<string, unknown>; headers: Headers }> {
  const body = init.body === undefined || typeof init.body === 'string' ? init.body : JSON.stringify(init.body)
  const request = new Request(init.url ?? 'http://localhost:3000/', {
    method: init.method ?? (body === undefined ? 'GET' : 'POST'),
    headers: { ...(init.bearer ? { authorization: `Bearer ${init.bearer}` } : {}), ...init.headers },
    ...(body === undefined ? {} : { body }),
  })
  const info: RequestInfo = {
    requestId: 'test',
    listener: 'development',
    address: init.address ?? '127.0.0.1',
    secure: false,
    certificate: null,
    ...init.info,
  }
  const response = await requestInfoStorage().run(info, () =>
    handler(request, { params: Promise.resolve(init.params ?? {}) }),
  )
  const text = await response.text()
  return { status: response.status, body: text === '' ? {} : JSON.parse(text), headers: response.headers }
}

/** The cookie and headers that Next would tell a page of; for the mock of `next/headers` in a test file. */
const pageRequest = new AsyncLocalStorage<{ token: string | null; headers: Headers }>()

export const nextHeaders = {
  cookies: async () => {
    const token = pageRequest.getStore()?.token ?? null
    const find = (name: string) =>
      token !== null && name === cookieName('session') ? { name, value: token } : undefined
    return { get: find, has: (name: string) => find(name) !== undefined }
  },
  headers: async () => pageRequest.getStore()?.headers ?? new Headers(),
}

/** For the mock of `next-intl/server`, which only answers inside of Next: the English catalogue. */
export const nextIntl = {
  getTranslations: async (namespace: keyof typeof en) => createTranslator({ locale: 'en', messages: en, namespace }),
}

type OwnRoute = (request: Request, next: { params: Promise<Record<string, string>> }) => Promise<Response>

/** Calls a route of our own pages as the browser with that session's cookie would. */
export async function callOwnRoute(
  handler: OwnRoute,
  init: { token?: string; params?: Record<string, string>; headers?: Record<string, string>; method?: string } = {},
): Promise<Response> {
  const headers = new Headers(init.headers)
  return pageRequest.run({ token: init.token ?? null, headers }, () =>
    handler(new Request('http://localhost:3000/', { headers, method: init.method ?? 'GET' }), {
      params: Promise.resolve(init.params ?? {}),
    }),
  )
}
