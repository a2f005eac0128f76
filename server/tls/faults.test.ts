import type https from 'node:https'
import net from 'node:net'
import tls, { TLSSocket } from 'node:tls'
import v8 from 'node:v8'
import vm from 'node:vm'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { aCertificateChain, aCustomer, anAnchor, anApplication, aPerson } from '@/db/factories'
import { testDatabase } from '@/db/testing'
import { handshakeReporter } from '@/lib/certificates/handshake-reporter'
import { makeAuthority, makeClientChain } from '@/lib/certificates/testing/make-client-chain'
import { toPem } from '@/lib/certificates/to-pem'
import { SECOND } from '@/lib/core/time'
import { env } from '@/lib/env/env'
import { log } from '@/lib/log/log'
import { createTlsListener, type PageHandler } from '../listeners'
import { developmentCertificate } from './development-certificate'
import { secureContextOf } from './secure-context'
import { basicOf, callTls, makeTemporaryDirectory, portOf } from './testing'
import { refreshTrust, trustStore } from './trust'

const { db } = await testDatabase()
const now = new Date()
const certificate = await developmentCertificate(await makeTemporaryDirectory(), ['localhost', '127.0.0.1'], now)
const root = makeAuthority('Trusted root', now)
const chain = makeClientChain({ root })
const PAGE = Buffer.alloc(8 * 1024 * 1024, 'p')
let handled = 0
const pages: PageHandler = async (request, response) => {
  handled += 1
  for await (const _ of request);
  response.end(PAGE)
}
// The product's own times are 10, 30 and 120 seconds: what is under test is that they end, not how long they are.
const patience = {
  handshakeTimeout: 2 * SECOND,
  headersTimeout: SECOND,
  requestTimeout: 1500,
  connectionsCheckingInterval: 200,
  silence: 2 * SECOND,
}
let oneWay: https.Server
let twoWay: https.Server
let application: Awaited<ReturnType<typeof anApplication>>

beforeAll(async () => {
  application = await anApplication(db, (await aCustomer(db, (await aPerson(db)).id)).id)
  await anAnchor(db, root.der)
  await aCertificateChain(db, application, chain)
  await refreshTrust(db)
  const options = { pagesServeMachines: false, patience }
  oneWay = createTlsListener('1', secureContextOf(certificate, null), pages, options)
  twoWay = createTlsListener('2', secureContextOf(certificate, trustStore()), pages, options)
  for (const server of [oneWay, twoWay]) await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  Object.assign(env(), { apiUrl: new URL(`https://localhost:${portOf(twoWay)}`) })
})

afterAll(() => {
  for (const server of [oneWay, twoWay]) {
    server.closeAllConnections()
    server.close()
  }
})

/** Somebody else, who is to be served whatever goes on. */
async function isServed(by = twoWay): Promise<boolean> {
  const { cert, key } = chain
  return (await callTls({ port: portOf(by), cert, key, basic: basicOf(application) })).status === 200
}

type Raw = { socket: net.Socket; received: () => Buffer; closed: Promise<void> }
const opened = new Set<net.Socket>()
afterEach(() => {
  for (const socket of opened) socket.destroy()
  opened.clear()
})

/** A TCP connection; what the other side does to it is never an error of the test. */
function connectRaw(server: https.Server): Promise<Raw> {
  return new Promise((resolve) => {
    const socket = net.connect({ host: '127.0.0.1', port: portOf(server) })
    opened.add(socket)
    const parts: Buffer[] = []
    const closed = new Promise<void>((done) => socket.once('close', () => done()))
    const raw = { socket, received: () => Buffer.concat(parts), closed }
    socket.on('data', (part) => parts.push(part))
    socket.on('error', () => undefined)
    socket.once('connect', () => resolve(raw))
    socket.once('close', () => resolve(raw))
  })
}

function connectTls(server: https.Server, more: tls.ConnectionOptions = {}): Promise<Raw & { socket: TLSSocket }> {
  return new Promise((resolve, reject) => {
    const socket = tls.connect({
      host: '127.0.0.1',
      servername: 'localhost',
      port: portOf(server),
      rejectUnauthorized: false,
      ...more,
    })
    opened.add(socket)
    const parts: Buffer[] = []
    const closed = new Promise<void>((done) => socket.once('close', () => done()))
    socket.on('data', (part) => parts.push(part))
    socket.once('error', reject)
    socket.once('secureConnect', () => {
      socket.off('error', reject).on('error', () => undefined)
      resolve({ socket, received: () => Buffer.concat(parts), closed })
    })
  })
}

function connectionsOf(server: https.Server): Promise<number> {
  return new Promise((resolve, reject) => server.getConnections((error, n) => (error ? reject(error) : resolve(n))))
}

async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 50))
}

v8.setFlagsFromString('--expose-gc')
const collect = vm.runInNewContext('gc') as () => void

/**
 * What is left when all is over: TLS sockets by number, and bytes of the heap and beside it. What ends late on a busy machine is
 * waited for, as long as there are more than `wanted`.
 */
async function remains(wanted = Number.POSITIVE_INFINITY): Promise<{ sockets: number; bytes: number }> {
  for (const socket of opened) socket.destroy()
  opened.clear()
  await until(async () => (await connectionsOf(oneWay)) + (await connectionsOf(twoWay)) === 0)
  collect()
  let sockets = Number.POSITIVE_INFINITY
  for (let i = 0; i === 0 || (i < 40 && sockets > wanted); i++) {
    await new Promise((resolve) => setTimeout(resolve, 50))
    // Collects once more, and takes long about it: as seldom as will do.
    sockets = v8.queryObjects(TLSSocket, { format: 'count' })
  }
  const { heapUsed, external, arrayBuffers } = process.memoryUsage()
  return { sockets, bytes: heapUsed + external + arrayBuffers }
}

const GROWTH_BYTES_MAX = 6 * 1024 * 1024

/**
 * Nothing of an attack outlives it: once to warm up, and after another no TLS socket and no more memory is left than before it.
 * A leak of 6 KiB a connection over 1,000 connections would show.
 */
async function leavesNothing(attack: () => Promise<void>): Promise<void> {
  await attack()
  const before = await remains()
  await attack()
  const after = await remains(before.sockets)
  expect(after.sockets).toBeLessThanOrEqual(before.sockets)
  expect(after.bytes - before.bytes).toBeLessThan(GROWTH_BYTES_MAX)
}

const MANY = 1000
/** What a client that speaks TLS 1.1 at most begins with: random bytes of zero, two suites of that time, no extensions. */
const CLIENT_HELLO_1_1 = Buffer.concat([
  Buffer.from('160301002f0100002b0302', 'hex'),
  Buffer.alloc(32),
  Buffer.from('000004c013002f0100', 'hex'),
])
const CLIENT_HELLO_BEGIN = Buffer.from('16030100c8010000c40303', 'hex')

test('1,000 handshakes that were begun and left lying are cut, and others are served meanwhile', {
  timeout: 180_000,
}, async () => {
  // The first ones wait until the last one is there, however long a busy machine takes for that.
  const longer = { ...patience, handshakeTimeout: 6 * SECOND }
  const context = secureContextOf(certificate, trustStore())
  const server = createTlsListener('2', context, pages, { pagesServeMachines: false, patience: longer })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  await leavesNothing(async () => {
    const idle = await Promise.all(Array.from({ length: MANY }, () => connectRaw(server)))
    for (const { socket } of idle.slice(MANY / 2)) socket.write(CLIENT_HELLO_BEGIN)
    await until(async () => (await connectionsOf(server)) >= MANY)
    expect(await isServed(server)).toBe(true)
    await Promise.all(idle.map(({ closed }) => closed))
    await until(async () => (await connectionsOf(server)) === 0)
  })
  server.close()
})

describe('what is no TLS', () => {
  test('plain HTTP is told so in plain HTTP, and reaches no handler', async () => {
    const before = handled
    const told = vi.spyOn(log(), 'info')
    for (const server of [oneWay, twoWay]) {
      for (const request of ['GET / HTTP/1.1', 'POST /v1/application HTTP/1.1', 'DELETE /oa2/v1/cc/token HTTP/1.0']) {
        const raw = await connectRaw(server)
        raw.socket.write(`${request}\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello`)
        await raw.closed
        const [head, body] = raw.received().toString().split('\r\n\r\n') as [string, string]
        expect(head).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/)
        expect(JSON.parse(body)).toMatchObject({
          code: 400,
          message: expect.stringContaining('This port speaks TLS'),
          request_id: expect.stringMatching(/^req_/),
        })
        if (server === twoWay) expect(body).toContain(env().apiUrl.origin)
        expect(told).toHaveBeenLastCalledWith(
          expect.objectContaining({ requestId: JSON.parse(body).request_id, address: '127.0.0.1' }),
          'no handshake',
        )
      }
    }
    told.mockRestore()
    expect(handled).toBe(before)
  })

  test('garbage gets a TLS alert where it could be read, its connection closed, and leaves nothing', {
    timeout: 60_000,
  }, async () => {
    const answered = [
      Buffer.from('no TLS at all, and no HTTP\r\n\r\n'),
      Buffer.alloc(20_000, 0xaa),
      Buffer.from('16030100050100000100ff', 'hex').fill(0xff, 5), // a record of nothing known
      Buffer.from('1503010002025a', 'hex').fill(7, 5), // an alert before there is anything to warn of
    ]
    const cut = [
      Buffer.from('160301000501000100ff', 'hex'), // a ClientHello whose end never comes
      Buffer.from('80f80103010000', 'hex'), // SSL 2
      Buffer.from([0]),
    ]
    const send = async (bytes: Buffer, server: https.Server) => {
      const raw = await connectRaw(server)
      raw.socket.write(bytes)
      await raw.closed
      return raw.received()
    }
    await leavesNothing(async () => {
      const rounds = Array.from({ length: 50 }, (_, round) => (round % 2 ? oneWay : twoWay))
      const ended = Promise.all(rounds.flatMap((server) => cut.map((bytes) => send(bytes, server))))
      const answers = await Promise.all(rounds.flatMap((server) => answered.map((bytes) => send(bytes, server))))
      for (const answer of answers) expect(answer[0]).toBe(21) // RFC 8446 §5.1: an alert
      expect(await isServed()).toBe(true)
      await ended
    })
  })
})

test('TLS 1.1 is refused with the alert that says so', async () => {
  for (const server of [oneWay, twoWay]) {
    const raw = await connectRaw(server)
    raw.socket.write(CLIENT_HELLO_1_1)
    await raw.closed
    // RFC 8446 §6.2: a fatal alert, protocol_version.
    expect([raw.received()[0], ...raw.received().subarray(5)]).toEqual([21, 2, 70])
  }
})

test('renegotiation under TLS 1.2 is not to be had', { timeout: 60_000 }, async () => {
  const { cert, key } = chain
  await leavesNothing(async () => {
    const clients = Array.from({ length: 40 }, async (_, i) => {
      const client = await connectTls(i % 2 ? oneWay : twoWay, { maxVersion: 'TLSv1.2', cert, key })
      const failure = new Promise<NodeJS.ErrnoException>((resolve) => client.socket.once('error', resolve))
      client.socket.renegotiate({ rejectUnauthorized: false }, () => undefined)
      return (await failure).code
    })
    // RFC 5246 §7.2.2: no_renegotiation, which OpenSSL's client takes for an end.
    expect(new Set(await Promise.all(clients))).toEqual(new Set(['ERR_SSL_NO_RENEGOTIATION']))
    expect(await isServed()).toBe(true)
  })
})

describe('huge certificates', () => {
  const { key, leafPem } = chain
  const padding = (count: number) => toPem(Array.from({ length: count }, () => chain.intermediate.der))

  test('a long chain beside the leaf changes nothing', async () => {
    const answer = await callTls({
      port: portOf(twoWay),
      cert: leafPem + padding(120),
      key,
      basic: basicOf(application),
    })
    expect(answer.status).toBe(200)
  })

  test('one that is longer than OpenSSL reads ends the handshake with an alert, and leaves nothing', {
    timeout: 60_000,
  }, async () => {
    const cert = leafPem + padding(400)
    await leavesNothing(async () => {
      for (let i = 0; i < 10; i++)
        for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
          const call = callTls({ port: portOf(twoWay), cert, key, basic: basicOf(application), maxVersion })
          await expect(call).rejects.toThrow(/alert|ECONNRESET|EPIPE/)
        }
      expect(await isServed()).toBe(true)
    })
  })

  test('a leaf full of names is read like any other, and its 403 stays small', async () => {
    const names = Array.from({ length: 200 }, (_, i) => `${'long'.repeat(15)}${i}`).join(' ')
    const big = makeClientChain({ root: makeAuthority(names, now) })
    const answer = await callTls({ port: portOf(twoWay), cert: big.cert, key: big.key, basic: basicOf(application) })
    expect(answer).toMatchObject({ status: 403, body: { code: 'certificate-untrusted' } })
    expect(JSON.stringify(answer.body).length).toBeLessThan(2500)
  })
})

describe('certificates without names', () => {
  const nameless = ['subject', 'issuer', 'both'] as const

  test('of nobody are refused with the reason like any other, request or none, and the process lives', async () => {
    for (const which of nameless) {
      const { cert, key } = makeClientChain({ nameless: which })
      const { socket, closed } = await connectTls(twoWay, { cert, key })
      const answer = await callTls({ port: portOf(twoWay), cert, key, basic: basicOf(application) })
      expect(answer, which).toMatchObject({ status: 403, body: { code: 'certificate-untrusted' } })
      expect(answer.body.title).toContain('without a name')
      socket.destroy()
      await closed
    }
    expect(await isServed()).toBe(true)
  })

  test('of an application are let in', async () => {
    for (const which of nameless) {
      const other = await anApplication(db, (await aCustomer(db, (await aPerson(db)).id)).id)
      const made = makeClientChain({ root, nameless: which })
      await aCertificateChain(db, other, made)
      const answer = await callTls({ port: portOf(twoWay), cert: made.cert, key: made.key, basic: basicOf(other) })
      expect(answer.status, which).toBe(200)
    }
  })
})

test('what the guard cannot cope with is a 500 of that request or the end of that connection, never of the process', async () => {
  const { cert, key } = chain
  const errors = vi.spyOn(log(), 'error').mockReturnValue(undefined)
  const reporter = handshakeReporter()
  const refused = vi.spyOn(reporter, 'noteRefused').mockImplementation(() => {
    throw new TypeError('not thought of')
  })
  const answer = await callTls({ port: portOf(twoWay), basic: basicOf(application) })
  expect(answer).toMatchObject({ status: 500, body: { code: 'internal' } })
  expect(answer.headers['content-type']).toBe('application/problem+json')
  refused.mockRestore()
  const sound = vi.spyOn(reporter, 'noteSound').mockImplementation(() => {
    throw new TypeError('not thought of')
  })
  await (await connectTls(twoWay, { cert, key })).closed
  sound.mockRestore()
  expect(errors.mock.calls.map(([, message]) => message)).toEqual([
    'the guard failed',
    'a connection could not be looked at',
  ])
  errors.mockRestore()
  expect(await isServed()).toBe(true)
})

describe('a slow client', () => {
  let before: number
  beforeEach(() => {
    before = handled
  })

  /** One byte at a time, for as long as it is taken. */
  function drip(socket: net.Socket, byte: string): () => void {
    const timer = setInterval(() => socket.writable && socket.write(byte), 100)
    return () => clearInterval(timer)
  }

  test('of the handshake is cut', { timeout: 60_000 }, async () => {
    await leavesNothing(async () => {
      const slow = await Promise.all(Array.from({ length: 50 }, () => connectRaw(twoWay)))
      const stops = slow.map(({ socket }) => {
        socket.write(CLIENT_HELLO_BEGIN)
        return drip(socket, '\0')
      })
      expect(await isServed()).toBe(true)
      await Promise.all(slow.map(({ closed }) => closed))
      for (const stop of stops) stop()
    })
  })

  const withCertificate = { cert: chain.cert, key: chain.key }

  /** That many clients of each listener, each with what it says there. */
  const clientsOfBoth = (count: number, say: (server: https.Server) => string) =>
    Promise.all(
      [oneWay, twoWay].flatMap((server) =>
        Array.from({ length: count }, async () => ({
          ...(await connectTls(server, withCertificate)),
          say: say(server),
        })),
      ),
    )

  test('of headers gets 408 and is cut, and reaches no handler', { timeout: 60_000 }, async () => {
    await leavesNothing(async () => {
      const slow = await clientsOfBoth(20, () => 'GET /sign-in HTTP/1.1\r\nHost: localhost\r\nX-Slow: ')
      const stops = slow.map(({ socket, say }) => {
        socket.write(say)
        return drip(socket, 's')
      })
      expect(await isServed()).toBe(true)
      await Promise.all(slow.map(({ closed }) => closed))
      for (const stop of stops) stop()
      for (const { received } of slow) expect(received().toString()).toMatch(/^HTTP\/1\.1 408 .*"code":408/s)
    })
    expect(handled).toBe(before)
  })

  test('of the body gets 408 or its connection ends, and others are served', { timeout: 60_000 }, async () => {
    const begin = (path: string, type: string) =>
      `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${type}\r\nContent-Length: 5000\r\n\r\n{`
    await leavesNothing(async () => {
      const slow = await clientsOfBoth(20, (server) =>
        server === oneWay
          ? begin('/oa2/v1/cc/token', 'application/json')
          : begin('/oauth2/token', 'application/x-www-form-urlencoded'),
      )
      const stops = slow.map(({ socket, say }) => {
        socket.write(say)
        return drip(socket, ' ')
      })
      expect(await isServed()).toBe(true)
      await Promise.all(slow.map(({ closed }) => closed))
      for (const stop of stops) stop()
      for (const { received } of slow) expect(received().toString()).toMatch(/^HTTP\/1\.1 408 /)
    })
  })

  test('that never reads its answers is cut', { timeout: 60_000 }, async () => {
    // One page is enough of an answer. Those of machines are small: many of them, unread, fill the way back.
    const page = 'GET /sign-in HTTP/1.1\r\nHost: localhost\r\n\r\n'
    const many = 'GET /v1/nothing HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(2000)
    await leavesNothing(async () => {
      const deaf = await clientsOfBoth(5, (server) => (server === oneWay ? page : many))
      for (const { socket, say } of deaf) {
        socket.pause()
        for (let i = 0; i < (say === many ? 10 : 1); i++) socket.write(say)
      }
      await until(() => handled >= before + 5)
      expect(await isServed()).toBe(true)
      await until(async () => (await connectionsOf(oneWay)) + (await connectionsOf(twoWay)) === 0)
      before = handled
    })
  })
})

test('more connections than a process takes are turned away, and the next ones taken once there is room', {
  timeout: 60_000,
}, async () => {
  const { maxConnections } = twoWay
  twoWay.maxConnections = 50
  try {
    const some = await Promise.all(Array.from({ length: 80 }, () => connectRaw(twoWay)))
    await until(() => some.filter(({ socket }) => socket.destroyed).length >= 30)
    expect(await connectionsOf(twoWay)).toBe(50)
    for (const { socket } of some) socket.destroy()
    await until(async () => (await connectionsOf(twoWay)) === 0)
    expect(await isServed()).toBe(true)
  } finally {
    twoWay.maxConnections = maxConnections
  }
  expect(maxConnections).toBeGreaterThan(1000)
})
