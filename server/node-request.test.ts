import http from 'node:http'
import net, { type AddressInfo } from 'node:net'
import { afterAll, expect, test, vi } from 'vitest'
import * as status from '@/app/oa2/v1/status/route'
import * as token from '@/app/oauth2/token/route'
import { testDatabase } from '@/db/testing'
import { log } from '@/lib/log/log'
import { createPlainListener } from './listeners'
import { NodeRequest } from './node-request'

await testDatabase()
const listener = createPlainListener(async () => undefined, { pagesServeMachines: false })
await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
afterAll(() => void listener.close())

type Seen = { url: string; get: (string | null)[]; has: boolean; text: string }

/** What a request looks like to a handler that asks for those headers. */
async function seen(head: string[], body: string, names: string[]): Promise<Seen> {
  const server = http.createServer()
  const looked = new Promise<Seen>((resolve) => {
    server.on('request', async (incoming, response) => {
      delete incoming.headers['x-forwarded-for'] // as the guard does
      const request = new NodeRequest(incoming)
      const { headers, url } = request
      const text = Buffer.from(await request.bytes()).toString()
      resolve({ url, get: names.map((name) => headers.get(name)), has: headers.has(names[0] as string), text })
      response.end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  net.connect(port, '127.0.0.1').end([...head, 'Host: bank.test', 'Connection: close', '', body].join('\r\n'))
  return looked.finally(() => server.close())
}

test('of a header that came twice every value is seen, also of those that node:http keeps once', async () => {
  const head = [
    'Authorization: Basic a',
    'Content-Type: text/plain',
    'authorization: Basic b',
    'Cookie: a=1',
    'COOKIE: b=2',
  ]
  const names = ['Authorization', 'content-type', 'cookie', 'accept']
  const { get } = await seen(['POST /oauth2/token HTTP/1.1', ...head, 'Content-Length: 0'], '', names)
  expect(get).toEqual(['Basic a, Basic b', 'text/plain', 'a=1; b=2', null])
})

test('what the guard took away is not there', async () => {
  const head = ['POST /oauth2/token?a=b HTTP/1.1', 'X-Forwarded-For: 192.0.2.1', 'Content-Length: 3']
  const found = await seen(head, 'a=b', ['X-Forwarded-For'])
  expect(found).toEqual({ url: 'http://bank.test/oauth2/token?a=b', get: [null], has: false, text: 'a=b' })
})

test('a GET has no body', async () => {
  expect(await seen(['GET /oauth2/jwks HTTP/1.1', 'Content-Length: 3'], 'a=b', ['accept'])).toMatchObject({ text: '' })
})

test.each(['Content-Length: 100', 'Transfer-Encoding: chunked'])(
  'whoever goes away in the middle of a body is no trouble of ours: %s',
  async (length) => {
    const trouble = vi.spyOn(log(), 'error')
    const answered = vi.spyOn(token.POST, 'answer')
    const { port } = listener.address() as AddressInfo
    const socket = net.connect(port, '127.0.0.1').on('error', () => undefined)
    const head = ['POST /oauth2/token HTTP/1.1', `Host: localhost:${port}`, length]
    socket.write([...head, 'Content-Type: application/x-www-form-urlencoded', '', '3\r\na=b'].join('\r\n'))
    await vi.waitFor(() => expect(answered).toHaveBeenCalled())
    socket.resetAndDestroy()
    expect(await answered.mock.results[0]?.value).toMatchObject({ status: 415 })
    expect(trouble).not.toHaveBeenCalled()
    vi.restoreAllMocks()
  },
)

test('whoever goes on sending what nobody will read is cut off soon after the answer', async () => {
  const { port } = listener.address() as AddressInfo
  const socket = net.connect(port, '127.0.0.1').on('error', () => undefined)
  let answer = ''
  socket.on('data', (piece) => {
    answer += piece
  })
  socket.write(`POST /oa2/v1/nothing HTTP/1.1\r\nHost: localhost:${port}\r\nTransfer-Encoding: chunked\r\n\r\n`)
  const trickle = setInterval(() => socket.write('1\r\na\r\n'), 20)
  const started = Date.now()
  await new Promise((resolve) => socket.once('close', resolve))
  clearInterval(trickle)
  expect(answer).toMatch(/^HTTP\/1\.1 404 /)
  expect(Date.now() - started).toBeLessThan(5000)
})

test.each([
  ['a handler that fails', () => Promise.reject(new Error('broken'))],
  ['an answer that cannot be written', async () => ({ status: 200, headers: { Location: 'a\r\nb' }, body: null })],
])('%s is a 500, and the process goes on', async (_, answer) => {
  vi.spyOn(status.GET, 'answer').mockImplementationOnce(answer)
  const { port } = listener.address() as AddressInfo
  const response = await fetch(`http://localhost:${port}/oa2/v1/status`)
  expect(response.status).toBe(500)
  expect(await response.json()).toMatchObject({ code: 500 })
})
