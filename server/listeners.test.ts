import http from 'node:http'
import net, { type AddressInfo } from 'node:net'
import { sql } from 'drizzle-orm'
import { afterAll, expect, test, vi } from 'vitest'
import { setDatabase } from '@/db/client'
import { aCustomer, anApplication, aPerson } from '@/db/factories'
import { connectReplica, testDatabase } from '@/db/testing'
import { requestInfo } from '@/lib/context/request-info'
import { HOUR } from '@/lib/core/time'
import { env } from '@/lib/env/env'
import { log } from '@/lib/log/log'
import { createPlainListener, type PageHandler } from './listeners'

const connected = await testDatabase()
const { db } = connected
const owner = await aPerson(db)
const customer = await aCustomer(db, owner.id)
const application = await anApplication(db, customer.id)

let served = 0
const pages: PageHandler = async (request, response) => {
  served++
  const info = requestInfo()
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(piece as Buffer)
  response.end(
    JSON.stringify({
      page: request.url,
      received: Buffer.concat(pieces).toString().length,
      pieces: pieces.length,
      address: info?.address,
      forwarded: request.headers['x-forwarded-for'] ?? null,
    }),
  )
}
const server = createPlainListener(pages, { pagesServeMachines: false })
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const { port } = server.address() as AddressInfo
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

type Answer = { status: number; headers: http.IncomingHttpHeaders; text: string }

/** node:http sends the path as it is written; fetch would tidy it up. */
function send(
  path: string,
  options: { method?: string; headers?: http.OutgoingHttpHeaders; body?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = http.request(
      { port, host: '127.0.0.1', path, method: options.method ?? 'GET', headers: options.headers ?? {} },
      (response) => {
        let text = ''
        response.on('data', (chunk) => {
          text += chunk
        })
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }))
      },
    )
    request.on('error', reject)
    request.end(options.body)
  })
}

/** Each piece in a chunk of its own (RFC 9112 §7.1), and the answer as it comes. */
function sendPieces(path: string, pieces: string[]): Promise<string> {
  const chunks = pieces.map((piece) => `${piece.length.toString(16)}\r\n${piece}\r\n`).join('')
  return new Promise((resolve, reject) => {
    let text = ''
    const socket = net.connect(port, '127.0.0.1', () => {
      socket.write(
        `POST ${path} HTTP/1.1\r\nHost: localhost:${port}\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n`,
      )
      socket.write(`${chunks}0\r\n\r\n`)
    })
    socket.on('data', (data) => {
      text += data
    })
    socket.on('end', () => resolve(text)).on('error', reject)
  })
}

const body = JSON.stringify({
  grant_type: 'client_credentials',
  client_id: application.clientId,
  client_secret: application.clientSecret,
  scope: 'app',
})

test('a token is issued over node:http, with a request id and no-store', async () => {
  const answer = await send('/oa2/v1/cc/token', { method: 'POST', body })
  expect(answer.status).toBe(200)
  expect(answer.headers['x-request-id']).toMatch(/^req_/)
  expect(answer.headers['cache-control']).toBe('no-store')
  expect(JSON.parse(answer.text).token_type).toBe('bearer')
})

test('a path that is not canonical is 404 on both roads', async () => {
  const paths = [
    '/oa2/v1/cc/%74oken',
    '/oa2/v1//cc/token',
    '/oa2/v1/cc/../cc/token',
    '/oa2/v1/./cc/token',
    '/oa2/v1/cc/token%2e',
    '/oa2%2fv1/cc/token',
    '/OA2/v1/cc/token',
    '/oa2/v1/cc/token/',
    '/sign%2din',
    '//sign-in',
    '/a\\b',
    '/x/%zz',
    '/x/%00',
  ]
  for (const path of paths) expect((await send(path, { method: 'POST', body })).status, path).toBe(404)
  expect((await send('/_next/static/chunks/%5Broot%5D.js')).status).toBe(200)
})

test('an unknown machine path is our own 404, not a page', async () => {
  const answer = await send('/oa2/v1/nothing')
  expect(answer.status).toBe(404)
  expect(JSON.parse(answer.text)).toMatchObject({ code: 404 })
})

test('a wrong method is 405 and names the right ones', async () => {
  const answer = await send('/oa2/v1/cc/token')
  expect(answer.status).toBe(405)
  expect(answer.headers.allow).toBe('POST, PUT, DELETE')
})

test('a host that is not ours is 421 and carries the right one', async () => {
  const answer = await send('/sign-in', { headers: { host: 'evil.example' } })
  expect(answer.status).toBe(421)
  expect(JSON.parse(answer.text).host).toBe('http://localhost:3000')
  expect((await send('/healthz', { headers: { host: '10.0.0.1:9' } })).status).toBe(200)
})

test('a host is compared without case, and its scheme’s port may be written', async () => {
  const { publicUrl } = env()
  const status = async (host: string) => (await send('/sign-in', { headers: { host } })).status
  try {
    expect(await status('LOCALHOST:3000')).toBe(200)
    for (const [url, right, wrong] of [
      [
        'https://bank.example',
        ['bank.example', 'Bank.Example', 'bank.example:443'],
        ['bank.example:80', 'bank.example:8443'],
      ],
      ['http://bank.example', ['bank.example', 'bank.example:80'], ['bank.example:443']],
      ['https://bank.example:8443', ['BANK.example:8443'], ['bank.example', 'bank.example:443', 'xbank.example:8443']],
    ] as const) {
      Object.assign(env(), { publicUrl: new URL(url) })
      for (const host of right) expect(await status(host), host).toBe(200)
      for (const host of wrong) expect(await status(host), host).toBe(421)
    }
  } finally {
    Object.assign(env(), { publicUrl })
  }
})

test('in demo mode the loopback names are known with the ports of the listeners, and no other', async () => {
  const { port: plain, tlsPort, mtlsPort } = env()
  const statusOf = async (host: string) => (await send('/sign-in', { headers: { host } })).status
  for (const name of ['localhost', 'LocalHost', '127.0.0.1', '[::1]']) {
    for (const known of [plain, tlsPort, mtlsPort, port]) expect(await statusOf(`${name}:${known}`)).toBe(200)
    for (const unknown of [':9', ':', ':0', `:0${plain}`, `:${plain}0`])
      expect(await statusOf(name + unknown)).toBe(421)
  }
})

test('forwarded headers of strangers are never read', async () => {
  const answer = await send('/sign-in', { headers: { 'x-forwarded-for': '203.0.113.9', forwarded: 'for=203.0.113.9' } })
  expect(JSON.parse(answer.text)).toMatchObject({ address: '127.0.0.1', forwarded: null })
})

test('bodies over 64 KiB are 413, declared or not', async () => {
  const large = `{"client_id":"${'x'.repeat(70_000)}"}`
  expect((await send('/oa2/v1/cc/token', { method: 'POST', body: large })).status).toBe(413)
  const chunked = { method: 'POST', body: large, headers: { 'transfer-encoding': 'chunked' } }
  expect((await send('/oa2/v1/cc/token', chunked)).status).toBe(413)
})

test('an endpoint that wants no body holds one to the same rules: 413 over 64 KiB, 415 for what it cannot read', async () => {
  const headers = {
    authorization: `Bearer ${JSON.parse((await send('/oa2/v1/cc/token', { method: 'POST', body })).text).access_token}`,
  }
  const large = 'x'.repeat(1024 * 1024)
  const calls = [
    ['GET', '/oa2/v1/status', 200],
    ['GET', '/oa2/v1/connection/CON0000000000', 404],
    ['PUT', '/oa2/v1/connection/CON0000000000', 404],
    ['DELETE', '/oa2/v1/connection/CON0000000000', 404],
    ['DELETE', '/oa2/v1/cc/token', 204],
  ] as const
  for (const [method, path, ordinary] of calls) {
    const answerTo = async (body: string, more: http.OutgoingHttpHeaders) =>
      (await send(path, { method, body, headers: { ...headers, ...more } })).status
    const what = `${method} ${path}`
    expect(await answerTo(large, { 'content-length': String(large.length) }), what).toBe(413)
    expect(await answerTo(large, { 'transfer-encoding': 'chunked' }), what).toBe(413)
    for (const length of [{ 'content-length': '4' }, { 'transfer-encoding': 'chunked' }]) {
      expect(await answerTo('<a/>', { ...length, 'content-type': 'application/xml' }), what).toBe(415)
    }
    expect(await answerTo('{}', { 'content-length': '2', 'content-type': 'application/json' }), what).toBe(ordinary)
  }
})

test('a page gets a body of undeclared length whole, or not at all: over 2 MiB it is 413', async () => {
  const post = (body: string) => send('/sign-in', { method: 'POST', body, headers: { 'transfer-encoding': 'chunked' } })
  const before = served
  const answer = await post('x'.repeat(1_500_000))
  expect([answer.status, JSON.parse(answer.text).received]).toEqual([200, 1_500_000])
  const pieces = Array.from({ length: 3000 }, (_, index) => String(index % 10))
  const cut = JSON.parse((await sendPieces('/sign-in', pieces)).split('\r\n\r\n')[1] ?? '')
  expect([cut.received, cut.pieces]).toEqual([3000, 1])
  expect((await post('x'.repeat(2 * 1024 * 1024 + 1))).status).toBe(413)
  expect(served).toBe(before + 2)
})

test('behind a proxy: without its secret 403, from the 2-way listener a certificate is required, from the other 421 to it', async () => {
  const secret = 'a secret of the proxy'
  const before = env().trustedProxySecret
  Object.assign(env(), { trustedProxySecret: secret })
  const from = (listener: string) => ({
    'countersign-proxy': secret,
    'countersign-listener': listener,
    'x-forwarded-for': '203.0.113.9',
  })
  try {
    expect((await send('/sign-in')).status).toBe(403)
    expect((await send('/sign-in', { headers: from('3') })).status).toBe(403)
    expect(JSON.parse((await send('/sign-in', { headers: from('1') })).text).address).toBe('203.0.113.9')
    for (const path of ['/oa2/v1/cc/token', '/sign-in', '/v1/application', '/v1/nothing', '/healthz']) {
      const answer = await send(path, { method: 'POST', body, headers: from('2') })
      expect(answer.status, path).toBe(403)
      expect(JSON.parse(answer.text)).toMatchObject({ code: 'certificate-missing' })
    }
    const toTwoWay = await send('/v1/application', { headers: from('1') })
    expect(toTwoWay.status).toBe(421)
    expect(JSON.parse(toTwoWay.text)).toMatchObject({ code: 'wrong-host', host: 'https://localhost:3444' })
    expect((await send('/healthz', { headers: from('1') })).status).toBe(200)
  } finally {
    Object.assign(env(), { trustedProxySecret: before })
  }
})

test('behind a proxy: without an address of the client 403 and a warning, whatever else is right', async () => {
  const secret = 'a secret of the proxy'
  const before = env().trustedProxySecret
  Object.assign(env(), { trustedProxySecret: secret })
  const warnings = vi.spyOn(log(), 'warn').mockReturnValue(undefined)
  const from = (address: Record<string, string>) =>
    send('/sign-in', { headers: { 'countersign-proxy': secret, 'countersign-listener': '1', ...address } })
  try {
    const wrong = [
      {},
      ...['', 'unknown', '203.0.113.9, ', '203.0.113.9:80', '_hidden, 1.2.3'].map((value) => ({
        'x-forwarded-for': value,
      })),
    ]
    for (const [index, address] of wrong.entries()) {
      expect((await from(address)).status, JSON.stringify(address)).toBe(403)
      expect(warnings).toHaveBeenCalledTimes(index + 1)
    }
    for (const [given, address] of [
      ['garbage, 203.0.113.9', '203.0.113.9'],
      ['2001:db8::1', '2001:db8::1'],
      ['::ffff:203.0.113.9', '203.0.113.9'],
    ] as const) {
      expect(JSON.parse((await from({ 'x-forwarded-for': given })).text).address).toBe(address)
    }
  } finally {
    Object.assign(env(), { trustedProxySecret: before })
    warnings.mockRestore()
  }
})

test('headers over 16 KiB are 431', async () => {
  const answer = await send('/sign-in', { headers: { 'x-large': 'x'.repeat(20_000) } })
  expect(answer.status).toBe(431)
  expect(answer.headers['x-request-id']).toMatch(/^req_/)
})

test('health: the process, what it needs, and metrics for loopback only', async () => {
  expect((await send('/healthz')).text).toBe('{"status":"UP"}')
  expect((await send('/readyz')).status).toBe(200)
  expect((await send('/metrics')).text).toContain('countersign_process_cpu')
  expect((await send('/metrics', { headers: { 'x-forwarded-for': '192.0.2.1' } })).status).toBe(404)
  expect((await send('/metrics', { headers: { 'x-real-ip': '192.0.2.1' } })).status).toBe(404)
  expect((await send('/healthz', { method: 'POST' })).status).toBe(405)
})

test('not ready is 503 with the reason: a clock that is off, a database of another build, one that is away', async () => {
  const problemsOf = async () => {
    const { status, text } = await send('/readyz')
    return status === 503 ? (JSON.parse(text) as { problems: string[] }).problems : status
  }
  const wallClock = vi.spyOn(Date, 'now')
  for (const hours of [1, -1]) {
    const jumped = performance.timeOrigin + performance.now() + hours * HOUR
    wallClock.mockImplementation(() => jumped)
    expect(await problemsOf()).toEqual([expect.stringMatching(/^the clock is 3[56]\d{5} ms from the database's$/)])
    // Everything else goes by the database's time, and is served.
    expect((await send('/oa2/v1/cc/token', { method: 'POST', body })).status).toBe(200)
  }
  wallClock.mockRestore()

  await db.execute(sql`alter table schema_migrations rename to schema_migrations_away`)
  expect(await problemsOf()).toHaveLength(1)
  await db.execute(sql`alter table schema_migrations_away rename to schema_migrations`)
  const [newest] = await db.execute<Record<string, unknown>>(sql`
    delete from schema_migrations where ctid = (select ctid from schema_migrations order by 1 desc limit 1) returning *`)
  expect(await problemsOf()).toEqual(['the database is not migrated to this build'])
  await db.execute(sql`insert into schema_migrations
    select * from json_populate_record(null::schema_migrations, ${JSON.stringify(newest)}::json)`)
  expect(await problemsOf()).toBe(200)

  const gone = await connectReplica(connected.url)
  await gone.close()
  setDatabase(gone)
  expect(await problemsOf()).toEqual(['the database does not answer'])
  expect((await send('/healthz')).status).toBe(200)
  setDatabase(connected)
  expect(await problemsOf()).toBe(200)
})

test('a client that never finishes its headers does not keep others from being served, nor its connection', async () => {
  const slow = net.connect(port, '127.0.0.1')
  slow.write('GET /sign-in HTTP/1.1\r\nHost: localhost\r\nX-Slow: ')
  expect((await send('/healthz')).status).toBe(200)
  const ended = new Promise((resolve) => slow.once('close', resolve))
  let heard = ''
  slow.on('data', (chunk) => {
    heard += chunk
  })
  await ended
  expect(heard).toContain('408')
}, 30_000)
