import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { listen, StartError } from './listen'

const server = http.createServer()
afterEach(async () => {
  vi.restoreAllMocks()
  if (server.listening) await new Promise((resolve) => server.close(resolve))
})

/** A kernel that was started without IPv6. */
function withoutIpv6(): void {
  const real = server.listen.bind(server) as (port: number, host: string, done: () => void) => http.Server
  vi.spyOn(server, 'listen').mockImplementation(((port: number, host: string, done: () => void) => {
    if (!host.includes(':')) return real(port, host, done)
    const error = Object.assign(new Error(`listen EAFNOSUPPORT ${host}`), { code: 'EAFNOSUPPORT' })
    process.nextTick(() => server.emit('error', error))
    return server
  }) as typeof server.listen)
}

test('on a machine without IPv6 every address is every IPv4 address', async () => {
  withoutIpv6()
  await listen(server, 'TLS_PORT', 0, '::')
  expect((server.address() as AddressInfo).address).toBe('0.0.0.0')
  expect(server.listenerCount('error')).toBe(0)
})

test('an IPv6 address that was asked for by name is not replaced', async () => {
  withoutIpv6()
  await expect(listen(server, 'TLS_PORT', 0, '::1')).rejects.toMatchObject({ code: 'EAFNOSUPPORT' })
})

test('a port that is taken is told with the variable that changes it', async () => {
  await listen(server, 'PORT', 0, '127.0.0.1')
  const { port } = server.address() as AddressInfo
  const second = http.createServer()
  await expect(listen(second, 'PORT', port, '127.0.0.1')).rejects.toThrow(StartError)
  await expect(listen(second, 'PORT', port, '127.0.0.1')).rejects.toThrow(`Port ${port} is in use`)
})
