import { type ChildProcess, spawn } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import https from 'node:https'
import net, { type AddressInfo } from 'node:net'
import path from 'node:path'
import tls from 'node:tls'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { aCertificateChain, aCustomer, anAnchor, anApplication, aPerson } from '@/db/factories'
import { certificateChains } from '@/db/schema/certificates'
import { testContext, testDatabase } from '@/db/testing'
import { bumpTrustStore } from '@/lib/certificates/bump-trust-store'
import { RevokeChainInput } from '@/lib/certificates/chain-schema'
import { revokeChain } from '@/lib/certificates/revoke-chain'
import { makeAuthority, makeClientChain } from '@/lib/certificates/testing/make-client-chain'
import { addDays, addMs } from '@/lib/core/time'
import { env } from '@/lib/env/env'
import { createPlainListener, type PageHandler } from '../listeners'
import { developmentCertificate } from './development-certificate'
import { basicOf, makeTemporaryDirectory } from './testing'
import { refreshTrust } from './trust'

// The configurations of deploy/, with this machine's ports and files in place of the example values.
const SECRET = 'the-secret-of-the-proxy'
const { db } = await testDatabase()
const directory = await makeTemporaryDirectory()
const root = makeAuthority('Trusted root', new Date())
const chain = makeClientChain({ root })
const customer = await aCustomer(db, (await aPerson(db)).id)
const application = await anApplication(db, customer.id)
const children: ChildProcess[] = []

const served = new Set<number>()
const pages: PageHandler = async (request, response) => {
  served.add(request.socket.localPort ?? 0)
  response.end(
    JSON.stringify({
      forwarded: request.headers['x-forwarded-for'] ?? null,
      proof: request.headers['countersign-proxy'] ?? null,
    }),
  )
}
const replicas = [1, 2].map(() => createPlainListener(pages, { pagesServeMachines: false }))
let ports: number[]

beforeAll(async () => {
  for (const replica of replicas) await new Promise<void>((resolve) => replica.listen(0, '127.0.0.1', resolve))
  ports = replicas.map((replica) => (replica.address() as AddressInfo).port)
  Object.assign(env(), { trustedProxySecret: SECRET })
  await anAnchor(db, root.der)
  await aCertificateChain(db, application, chain)
  await refreshTrust(db)
  const { cert, key } = await developmentCertificate(directory, ['localhost', '127.0.0.1'], new Date())
  await writeFile(path.join(directory, 'server.pem'), cert)
  await writeFile(path.join(directory, 'server.key'), key)
  await writeFile(path.join(directory, 'server-and-key.pem'), cert)
})

afterAll(async () => {
  await Promise.all(
    children.map((child) => new Promise((resolve) => child.once('exit', resolve) && child.kill('SIGTERM'))),
  )
  for (const replica of replicas) {
    replica.closeAllConnections()
    replica.close()
  }
})

async function freePort(): Promise<number> {
  const server = net.createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

type Proxy = { oneWay: number; twoWay: number }

async function startProxy(name: 'nginx' | 'haproxy'): Promise<Proxy> {
  const [oneWay, twoWay] = [await freePort(), await freePort()]
  const file = path.join(directory, name === 'nginx' ? 'nginx.conf' : 'haproxy.cfg')
  const example = await readFile(name === 'nginx' ? 'deploy/nginx.conf' : 'deploy/haproxy.cfg', 'utf8')
  const text = example
    .replaceAll('/etc/countersign', directory)
    .replace('/run/nginx-countersign.pid', `${directory}/nginx.pid`)
    .replace('/var/log/nginx/countersign-error.log', `${directory}/nginx-error.log`)
    .replace('10.0.0.11:3000', `127.0.0.1:${ports[0]}`)
    .replace('10.0.0.12:3000', `127.0.0.1:${ports[1]}`)
    .replace('listen 443', `listen 127.0.0.1:${oneWay}`)
    .replace('listen 8443', `listen 127.0.0.1:${twoWay}`)
    .replace('bind :443', `bind 127.0.0.1:${oneWay}`)
    .replace('bind :8443', `bind 127.0.0.1:${twoWay}`)
  await writeFile(file, text)
  const words = name === 'nginx' ? ['-p', directory, '-c', file, '-g', 'daemon off;'] : ['-db', '-f', file]
  const child = spawn(`/usr/sbin/${name}`, words, { stdio: ['ignore', 'ignore', 'inherit'] })
  children.push(child)
  while ((await send({ port: oneWay, path: '/healthz' }).catch(() => ({ status: 0 }))).status !== 200) {
    if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return { oneWay, twoWay }
}

async function bumped(): Promise<void> {
  await db.transaction((tx) => bumpTrustStore(tx, new Date()))
  await refreshTrust(db)
}

async function revoke(certificateId: string): Promise<void> {
  const operator = testContext(db, { kind: 'operator' as const, name: 'command line' })
  await revokeChain(operator, RevokeChainInput.parse({ certificateId }))
}

async function change(id: string, values: Partial<typeof certificateChains.$inferInsert>): Promise<void> {
  await db.update(certificateChains).set(values).where(eq(certificateChains.id, id))
}

type Sent = { status: number; body: Record<string, unknown> }

function send(options: https.RequestOptions & { port: number }): Promise<Sent> {
  const basic = Buffer.from(`${application.clientId}:${application.clientSecret}`).toString('base64')
  const headers = { host: `localhost:${options.port}`, authorization: `Basic ${basic}`, ...options.headers }
  return new Promise((resolve, reject) => {
    const request = https.request(
      {
        host: '127.0.0.1',
        servername: 'localhost',
        path: '/v1/application',
        rejectUnauthorized: false,
        agent: false,
        ...options,
        headers,
      },
      (response) => {
        let text = ''
        response.on('data', (part) => {
          text += part
        })
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, body: text.startsWith('{') ? JSON.parse(text) : {} }),
        )
      },
    )
    request.on('error', reject)
    request.end()
  })
}

const client = { cert: chain.cert, key: chain.key }
const inHeader = {
  'RFC 9440': `:${chain.leaf.toString('base64')}:`,
  'escaped PEM': encodeURIComponent(chain.leafPem),
}

describe.each(['nginx', 'haproxy'] as const)('behind %s', (name) => {
  let proxy: Proxy
  beforeAll(async () => {
    proxy = await startProxy(name)
    const [publicUrl, apiUrl] = [proxy.oneWay, proxy.twoWay].map((port) => new URL(`https://localhost:${port}`))
    Object.assign(env(), { publicUrl, apiUrl })
  })

  test('the certificate of the handshake reaches the guard, on either replica; its intermediate is the stored one', async () => {
    for (let i = 0; i < 4; i++) {
      const { status, body } = await send({ ...client, port: proxy.twoWay })
      expect(status).toBe(200)
      expect(body.certificates).toMatchObject([{ sha256: chain.sha256, presented: true }])
      expect((await send({ cert: chain.leafPem, key: chain.key, port: proxy.twoWay })).status).toBe(200)
    }
    served.clear()
    for (let i = 0; i < 8; i++) expect((await send({ port: proxy.oneWay, path: '/sign-in' })).status).toBe(200)
    expect([...served].sort()).toEqual([...ports].sort())
  })

  test('without a certificate, with a strange one, with a revoked one: 403 with the reason', async () => {
    const stranger = makeClientChain()
    expect((await send({ port: proxy.twoWay })).body.code).toBe('certificate-missing')
    const untrusted = await send({ cert: stranger.cert, key: stranger.key, port: proxy.twoWay })
    expect(untrusted).toMatchObject({ status: 403, body: { code: 'certificate-untrusted' } })
    const of = eq(certificateChains.applicationId, application.id)
    await db.update(certificateChains).set({ revokedAt: new Date() }).where(of)
    expect((await send({ ...client, port: proxy.twoWay })).body.code).toBe('certificate-revoked')
    await db.update(certificateChains).set({ revokedAt: null }).where(of)
  })

  test('the reason of a chain that has ended stays when replicas have dropped its intermediate, leaf alone or not', async () => {
    const now = new Date()
    for (const [code, end] of [
      ['certificate-revoked', revoke],
      ['certificate-superseded', (id: string) => change(id, { endsAt: addMs(now, -1000) })],
      ['certificate-expired', (id: string) => change(id, { notAfter: addMs(now, -1000) })],
    ] as const) {
      const made = makeClientChain({ root })
      const other = await anApplication(db, customer.id)
      const { id } = await aCertificateChain(db, other, made)
      await bumped()
      const authorization = basicOf(other)
      const call = (cert: string) => send({ cert, key: made.key, port: proxy.twoWay, headers: { authorization } })
      for (const cert of [made.cert, made.leafPem]) expect((await call(cert)).status).toBe(200)
      await end(id)
      for (const cert of [made.cert, made.leafPem]) expect((await call(cert)).body.code).toBe(code)
      await bumped()
      for (const cert of [made.cert, made.leafPem]) {
        expect(await call(cert), code).toMatchObject({ status: 403, body: { code } })
      }
    }
  })

  test('a certificate that is over, to come, or for servers is told so by us, not by the proxy', async () => {
    const now = new Date()
    for (const [code, options] of [
      ['certificate-expired', { notBefore: addDays(now, -2), notAfter: addDays(now, -1) }],
      ['certificate-not-yet-valid', { notBefore: addDays(now, 1), notAfter: addDays(now, 2) }],
      ['certificate-wrong-usage', { usage: ['1.3.6.1.5.5.7.3.1'] }],
    ] as const) {
      const made = makeClientChain({ root, ...options, usage: 'usage' in options ? [...options.usage] : undefined })
      await aCertificateChain(db, await anApplication(db, customer.id), made, { notAfter: addDays(now, 90) })
      await bumped()
      for (const method of ['GET', 'POST']) {
        const answer = await send({ cert: made.cert, key: made.key, port: proxy.twoWay, method })
        expect(answer, `${method} ${code}`).toMatchObject({ status: 403, body: { code } })
      }
    }
  })

  test('certificates without names are refused with the reason like any other', async () => {
    for (const nameless of ['subject', 'issuer', 'both'] as const) {
      const { cert, key } = makeClientChain({ nameless })
      const answer = await send({ cert, key, port: proxy.twoWay })
      expect(answer, nameless).toMatchObject({ status: 403, body: { code: 'certificate-untrusted' } })
    }
  })

  test('headers that a client writes itself count nowhere: not on the 2-way host, not on the 1-way host', async () => {
    for (const certificate of Object.values(inHeader)) {
      const headers = {
        'client-cert': certificate,
        'countersign-listener': '2',
        'countersign-proxy': SECRET,
        'x-forwarded-for': '203.0.113.7',
      }
      const twoWay = await send({ port: proxy.twoWay, headers })
      expect(twoWay).toMatchObject({ status: 403, body: { code: 'certificate-missing' } })
      expect((await send({ port: proxy.oneWay, headers })).status).toBe(421)
      const page = await send({ port: proxy.oneWay, path: '/sign-in', headers })
      expect(page.body).toEqual({ forwarded: null, proof: null })
    }
  })

  test('no session is resumed through it, and nothing passes that tries', async () => {
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
      const sessions: Buffer[] = []
      const speak = (more: tls.ConnectionOptions) =>
        new Promise<{ reused: boolean; text: string }>((resolve, reject) => {
          const to = { host: '127.0.0.1', servername: 'localhost', port: proxy.twoWay, rejectUnauthorized: false }
          const socket = tls.connect({ ...to, maxVersion, ...more })
          const authorization = basicOf(application)
          const head = `GET /v1/application HTTP/1.1\r\nHost: localhost:${proxy.twoWay}\r\nAuthorization: ${authorization}`
          let text = ''
          socket.on('session', (session) => sessions.push(session))
          socket.on('data', (part) => {
            text += part
          })
          socket.once('secureConnect', () => socket.write(`${head}\r\nConnection: close\r\n\r\n`))
          socket.once('end', () => resolve({ reused: socket.isSessionReused(), text }))
          socket.once('error', reject)
        })
      expect((await speak(client)).text).toContain('200 OK')
      for (const session of [...sessions]) {
        const again = await speak({ session })
        expect(again.reused, maxVersion).toBe(false)
        expect(again.text).toContain('certificate-missing')
      }
    }
  })

  test('a host of the other listener is 421', async () => {
    const wrong = await send({ ...client, port: proxy.twoWay, headers: { host: 'portal.example.com' } })
    expect(wrong.status).toBe(421)
    expect((await send({ ...client, port: proxy.twoWay, path: '/sign-in' })).status).toBe(421)
  })
})

describe('around the proxy', () => {
  const plain = (headers: Record<string, string>) =>
    fetch(`http://localhost:${ports[0]}/v1/application`, {
      headers: {
        authorization: `Basic ${Buffer.from(`${application.clientId}:${application.clientSecret}`).toString('base64')}`,
        ...headers,
      },
    })

  test('whoever reaches the port without the secret is refused, whatever else they send', async () => {
    for (const certificate of Object.values(inHeader)) {
      for (const guess of ['', 'a guess']) {
        const answer = await plain({
          'client-cert': certificate,
          'countersign-listener': '2',
          'countersign-proxy': guess,
          'x-forwarded-for': '192.0.2.1',
        })
        expect(answer.status).toBe(403)
        expect(await answer.json()).toMatchObject({ code: 'forbidden', title: 'This port is for the proxy.' })
      }
    }
  })

  test('the path of a certificate is looked for once, until the trust store changes or a certificate of it is over', async () => {
    const made = makeClientChain({ root, notAfter: addDays(new Date(), 8000) })
    const caller = await anApplication(db, customer.id)
    await aCertificateChain(db, caller, made)
    await bumped()
    const verify = vi.spyOn(X509Certificate.prototype, 'verify')
    const call = async () => {
      verify.mockClear()
      const headers = { 'countersign-proxy': SECRET, 'countersign-listener': '2', 'x-forwarded-for': '192.0.2.1' }
      const certificate = `:${made.leaf.toString('base64')}:`
      const answer = await plain({ ...headers, authorization: basicOf(caller), 'client-cert': certificate })
      return { status: answer.status, verified: verify.mock.calls.length > 0, body: await answer.json() }
    }
    expect(await call()).toMatchObject({ status: 200, verified: true })
    expect(await call()).toMatchObject({ status: 200, verified: false })
    await bumped()
    expect(await call()).toMatchObject({ status: 200, verified: true })
    const clock = vi.spyOn(await import('@/lib/context/clock'), 'currentTime')
    clock.mockReturnValue(addDays(new Date(), 4000))
    expect(await call()).toMatchObject({ status: 403, body: { code: 'certificate-expired' } })
    clock.mockRestore()
    expect(await call()).toMatchObject({ status: 200 })
    verify.mockRestore()
  })

  test('both forms of the header are read with the secret, anything else is unreadable', async () => {
    const from = { 'countersign-proxy': SECRET, 'countersign-listener': '2', 'x-forwarded-for': '192.0.2.1' }
    for (const certificate of Object.values(inHeader)) {
      expect((await plain({ ...from, 'client-cert': certificate })).status).toBe(200)
    }
    const sequence = inHeader['RFC 9440']
    const twice = Buffer.concat([chain.leaf, chain.leaf]).toString('base64')
    const damaged = [
      `${sequence}, ${sequence}`,
      sequence.slice(1),
      `:${twice}:`,
      ':AAAA:',
      'x',
      encodeURIComponent(chain.pem),
    ]
    for (const certificate of damaged) {
      const answer = await plain({ ...from, 'client-cert': certificate })
      expect(answer.status, certificate.slice(0, 20)).toBe(403)
      expect(await answer.json()).toMatchObject({ code: 'certificate-unreadable' })
    }
    const one = await plain({ ...from, 'countersign-listener': '1', 'client-cert': sequence })
    expect(one.status).toBe(421)
  })
})
