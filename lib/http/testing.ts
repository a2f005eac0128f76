import { requestInfoStorage } from '@/lib/context/request-info'
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
  } = {},
): Promise<{ status: number; body: Record<string, unknown>; headers: Headers }> {
  const body = init.body === undefined || typeof init.body === 'string' ? init.body : JSON.stringify(init.body)
  const request = new Request(init.url ?? 'http://localhost:3000/', {
    method: init.method ?? (body === undefined ? 'GET' : 'POST'),
    headers: { ...(init.bearer ? { authorization: `Bearer ${init.bearer}` } : {}), ...init.headers },
    ...(body === undefined ? {} : { body }),
  })
  const info = {
    requestId: 'test',
    listener: 'development' as const,
    address: init.address ?? '127.0.0.1',
    secure: false,
  }
  const response = await requestInfoStorage().run(info, () =>
    handler(request, { params: Promise.resolve(init.params ?? {}) }),
  )
  const text = await response.text()
  return { status: response.status, body: text === '' ? {} : JSON.parse(text), headers: response.headers }
}
