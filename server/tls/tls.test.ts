import { globSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import tls from 'node:tls'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { aCertificateChain, aCustomer, anAnchor, anApplication, aPerson } from '@/db/factories'
import { applicationEnvironments, applications } from '@/db/schema/applications'
import { certificateChains, trustAnchors } from '@/db/schema/certificates'
import { certificateRefusals, chainHandshakes } from '@/db/schema/handshakes'
import { testDatabase } from '@/db/testing'
import { bumpTrustStore } from '@/lib/certificates/bump-trust-store'
import { handshakeReporter } from '@/lib/certificates/handshake-reporter'
import { makeAuthority, makeClientChain } from '@/lib/certificates/testing/make-client-chain'
import { addDays } from '@/lib/core/time'
import { env } from '@/lib/env/env'
import { createPlainListener, createTlsListener, type PageHandler } from '../listeners'
import { MACHINE_ROUTES } from '../machine-routes'
import { developmentCertificate } from './development-certificate'
import { secureContextOf } from './secure-context'
import { basicOf, makeTemporaryDirectory, portOf } from './testing'
import { onTrustChange, refreshTrust, trustStore } from './trust'

const { db } = await testDatabase()
const now = new Date()
const directory = await makeTemporaryDirectory()
const certificate = await developmentCertificate(directory, ['localhost', '127.0.0.1'], now)
const pages: PageHandler = async (_request, response) => void response.end('{"page":true}')
const options = { pagesServeMachines: false }
const oneWay = createTlsListener('1', secureContextOf(certificate, null), pages, options)
const twoWay = createTlsListener('2', secureContextOf(certificate, trustStore()), pages, options)
onTrustChange((store) => twoWay.setSecureContext(secureContextOf(certificate, store)))

const owner = await aPerson(db)
const customer = await aCustomer(db, owner.id)
const root = makeAuthority('Trusted root', now)
const chain = makeClientChain({ root })
let application: Awaited<ReturnType<typeof anApplication>>
let chainId: string

beforeAll(async () => {
  for (const server of [oneWay, twoWay]) await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  await anAnchor(db, root.der)
  application = await anApplication(db, customer.id)
  chainId = (await aCertificateChain(db, application, chain)).id
  await changed()
})

beforeEach(() => Object.assign(env(), { apiUrl: new URL(`https://localhost:${portOf(twoWay)}`) }))

afterAll(() => {
  for (const server of [oneWay, twoWay]) {
    server.closeAllConnections()
    server.close()
  }
})

/** What the change itself would do in its transaction, and every replica within 500 ms. */
async function changed(): Promise<void> {
  await db.transaction((tx) => bumpTrustStore(tx, now))
  await refreshTrust(db)
}

type Sent = { status: number; body: Record<string, unknown>; headers: Record<string, unknown> }
type Options = Omit<https.RequestOptions, 'path'> & {
  server?: https.Server
  path?: string
  basic?: string | undefined
  body?: string | undefined
}

function send({ server = twoWay, path = '/v1/application', basic, body, ...given }: Options = {}): Promise<Sent> {
  return new Promise((resolve, reject) => {
    const headers = {
      host: `localhost:${portOf(server)}`,
      authorization: basic ?? basicOf(application),
      ...given.headers,
    }
    const request = https.request(
      {
        host: '127.0.0.1',
        servername: 'localhost',
        port: portOf(server),
        path,
        rejectUnauthorized: false,
        agent: false,
        ...given,
        headers,
      },
      (response) => void read(response).then(resolve),
    )
    request.on('error', reject)
    request.end(body)
  })
}

async function read(response: http.IncomingMessage): Promise<Sent> {
  let text = ''
  for await (const part of response.setEncoding('utf8')) text += part
  return {
    status: response.statusCode ?? 0,
    body: text.startsWith('{') ? JSON.parse(text) : {},
    headers: response.headers,
  }
}

const withCertificate = { cert: chain.cert, key: chain.key }

test('the calling application, with the certificate of this very handshake', async () => {
  const answer = await send(withCertificate)
  expect(answer.status).toBe(200)
  expect(answer.body).toMatchObject({
    application_id: application.id,
    client_id: application.clientId,
    environment: 'sandbox',
  })
  expect(answer.body.certificates).toMatchObject([
    { certificate_id: chainId, sha256: chain.sha256, state: 'active', presented: true },
  ])
  expect(answer.headers['cache-control']).toBe('no-store')
})

test('TLS 1.2 with forward secrecy and 1.3, nothing older and nothing weaker', async () => {
  const connect = (more: tls.ConnectionOptions) =>
    new Promise<string>((resolve) => {
      const socket = tls.connect({ host: '127.0.0.1', port: portOf(oneWay), rejectUnauthorized: false, ...more })
      socket.once('secureConnect', () => {
        resolve(`${socket.getProtocol()} ${socket.getCipher().standardName}`)
        socket.destroy()
      })
      socket.once('error', () => resolve('refused'))
    })
  expect(await connect({})).toMatch(/^TLSv1.3 /)
  expect(await connect({ maxVersion: 'TLSv1.2' })).toMatch(/^TLSv1.2 TLS_ECDHE_ECDSA_WITH_.*(GCM|CHACHA20)/)
  const old = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' } as const
  expect(await connect(old)).toBe('refused')
  expect(await connect({ maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA256' })).toBe('refused')
})

test('without a certificate, or with one that leads nowhere, it is a 403 that says why, whatever the path', async () => {
  const stranger = makeClientChain()
  const cases: [string, Pick<https.RequestOptions, 'cert' | 'key'>][] = [
    ['certificate-missing', {}],
    ['certificate-untrusted', { cert: stranger.cert, key: stranger.key }],
    ['certificate-expired', expiring(addDays(now, -2), addDays(now, -1))],
    ['certificate-not-yet-valid', expiring(addDays(now, 1), addDays(now, 2))],
    ['certificate-wrong-usage', clientOf(makeClientChain({ root, usage: ['1.3.6.1.5.5.7.3.1'] }))],
  ]
  for (const [code, client] of cases) {
    for (const path of ['/v1/application', '/v1/nothing', '/sign-in', '/oa2/v1/status', '/healthz', '/%00']) {
      const answer = await send({ ...client, path })
      expect({ path, ...answer }, `${code} ${path}`).toMatchObject({ status: 403, body: { code, status: 403 } })
      expect(answer.headers['content-type']).toBe('application/problem+json')
    }
  }
  const { body } = await send({ cert: stranger.cert, key: stranger.key })
  expect(body.title).toContain(stranger.intermediate.signer.subject.CN)
})

function clientOf(made: { cert: string; key: string }): Pick<https.RequestOptions, 'cert' | 'key'> {
  return { cert: made.cert, key: made.key }
}

function expiring(notBefore: Date, notAfter: Date): Pick<https.RequestOptions, 'cert' | 'key'> {
  return clientOf(makeClientChain({ root, notBefore, notAfter }))
}

test('a resumed session is no way round: none is offered, and TLS 1.3 tickets of another connection are refused', async () => {
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    const sessions: Buffer[] = []
    const speak = (session?: Buffer, client = {}) =>
      new Promise<{ reused: boolean; text: string }>((resolve, reject) => {
        const socket = tls.connect({
          host: '127.0.0.1',
          servername: 'localhost',
          port: portOf(twoWay),
          rejectUnauthorized: false,
          maxVersion,
          ...(session ? { session } : {}),
          ...client,
        })
        socket.on('session', (given) => sessions.push(given))
        let text = ''
        socket.on('data', (part) => {
          text += part
        })
        socket.once('secureConnect', () => {
          socket.write(
            `GET /v1/application HTTP/1.1\r\nHost: localhost:${portOf(twoWay)}\r\nAuthorization: ${basicOf(application)}\r\nConnection: close\r\n\r\n`,
          )
        })
        socket.once('end', () => resolve({ reused: socket.isSessionReused(), text }))
        socket.once('error', reject)
      })
    expect((await speak(undefined, withCertificate)).text).toContain('200 OK')
    expect((await speak()).text).toContain('certificate-missing')
    for (const session of [...sessions]) {
      const again = await speak(session)
      expect(again.reused).toBe(false)
      expect(again.text).toContain('403')
      expect(again.text).toContain('certificate-missing')
    }
  }
})

test('the guard refuses a resumed session by itself, should TLS ever accept one', async () => {
  const store = trustStore()
  const { secureOptions: _, ...resumable } = secureContextOf(certificate, store)
  const server = createTlsListener('2', { ...resumable, secureOptions: 0 }, pages, options)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const first = await new Promise<Buffer>((resolve, reject) => {
    const socket = tls.connect({
      host: '127.0.0.1',
      servername: 'localhost',
      port: portOf(server),
      rejectUnauthorized: false,
      maxVersion: 'TLSv1.3',
    })
    socket.once('session', (session) => {
      resolve(session)
      socket.destroy()
    })
    socket.once('error', reject)
  })
  const answer = await send({ server, session: first } as Options)
  expect(answer).toMatchObject({ status: 403, body: { code: 'certificate-session-resumed' } })
  server.closeAllConnections()
  server.close()
})

test('another client’s certificate, one that nobody submitted, and a wrong secret get the same 401', async () => {
  const other = await anApplication(db, customer.id)
  const unknown = makeClientChain({ root })
  const answers = [
    await send({ ...withCertificate, basic: basicOf(other) }),
    await send({ ...withCertificate, basic: basicOf({ ...application, clientSecret: 'wrong' }) }),
    await send(clientOf(unknown)),
    await send({ ...withCertificate, basic: 'Bearer x' }),
  ]
  for (const { status, body, headers } of answers) {
    expect(status).toBe(401)
    expect({ ...body, request_id: '' }).toEqual({
      type: 'about:blank',
      title: 'Wrong credentials',
      status: 401,
      code: 'wrong-credentials',
      request_id: '',
    })
    expect(headers['www-authenticate']).toContain('Basic')
  }
})

test('failures are throttled for key and address, and a right request passes all the same', async () => {
  const busy = await anApplication(db, customer.id)
  const wrong = { ...withCertificate, basic: basicOf({ ...busy, clientSecret: 'wrong' }) }
  for (let i = 0; i < 10; i++) expect((await send(wrong)).status).toBe(401)
  const late = await send(wrong)
  expect(late.status).toBe(429)
  expect(Number(late.headers['retry-after'])).toBeGreaterThan(0)
  expect((await send(withCertificate)).status).toBe(200)
})

test('revocation, supersession, suspension and a removed anchor count on a connection that is open', async () => {
  const agent = new https.Agent({ keepAlive: true, maxSockets: 1 })
  const again = () => send({ ...withCertificate, agent })
  const set = (values: Partial<typeof certificateChains.$inferInsert>) =>
    db.update(certificateChains).set(values).where(eq(certificateChains.id, chainId))
  expect((await again()).status).toBe(200)
  await set({ revokedAt: now })
  expect((await again()).body.code).toBe('certificate-revoked')
  await set({ revokedAt: null, endsAt: new Date(Date.now() - 1000) })
  expect((await again()).body.code).toBe('certificate-superseded')
  await set({ endsAt: addDays(now, 1) })
  expect((await again()).status).toBe(200)
  await set({ endsAt: null, startsAt: addDays(now, 1) })
  expect((await again()).body.code).toBe('certificate-not-active')
  await set({ startsAt: now })
  await db.update(applications).set({ suspendedAt: now }).where(eq(applications.id, application.id))
  expect((await again()).status).toBe(401)
  await db.update(applications).set({ suspendedAt: null }).where(eq(applications.id, application.id))
  await db.update(trustAnchors).set({ removedAt: now })
  expect((await again()).body.code).toBe('certificate-untrusted')
  await db.update(trustAnchors).set({ removedAt: null })
  expect((await again()).status).toBe(200)
  agent.destroy()
})

test('the trust store follows the database: a new anchor counts, a removed one no longer, without a restart', async () => {
  const fresh = makeClientChain()
  const other = await anApplication(db, customer.id)
  await aCertificateChain(db, other, fresh)
  const call = () => send({ ...clientOf(fresh), basic: basicOf(other) })
  expect((await call()).body.code).toBe('certificate-untrusted')
  const anchor = await anAnchor(db, fresh.root.der)
  await changed()
  expect((await call()).status).toBe(200)
  // The intermediate comes from the stored chain.
  const { leafPem: cert } = fresh
  expect((await send({ cert, key: fresh.key, basic: basicOf(other) })).status).toBe(200)
  await db.update(trustAnchors).set({ removedAt: now }).where(eq(trustAnchors.id, anchor.id))
  await changed()
  expect((await call()).body.code).toBe('certificate-untrusted')
})

test('Host and the name of the handshake are the 2-way host, both', async () => {
  const wrong = await send({ ...withCertificate, headers: { host: 'evil.example' } })
  expect(wrong).toMatchObject({ status: 421, body: { host: env().apiUrl.origin } })
  const sni = await send({ ...withCertificate, servername: 'other.example' })
  expect(sni.status).toBe(421)
  const missing = await send({ headers: { host: 'evil.example' } })
  expect(missing.body.code).toBe('certificate-missing')
})

describe('every route on every host', () => {
  type Road = '1' | '2' | 'proxied 1' | 'proxied 2' | 'development'
  const SECRET = 'the-secret-of-the-proxy'
  const MINE = { ...withCertificate }
  const plain = createPlainListener(pages, options)

  beforeAll(async () => {
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve))
  })
  afterAll(() => {
    plain.closeAllConnections()
    plain.close()
  })

  async function aCaller(mtlsRequired: boolean) {
    const caller = await anApplication(db, customer.id)
    const own = makeClientChain({ root })
    await aCertificateChain(db, caller, own)
    const { applicationId } = applicationEnvironments
    await db.update(applicationEnvironments).set({ mtlsRequired }).where(eq(applicationId, caller.id))
    await changed()
    return [caller, mtlsRequired ? '2' : '1', own] as const
  }

  type Asked = {
    method?: string
    path: string
    basic?: string | undefined
    client?: { cert: string; key: string }
    leaf?: Buffer
    body?: string
  }

  /** As the road brings it: over TLS, from a proxy that proves itself, or to the development listener. */
  async function over(road: Road, { client = MINE, leaf = chain.leaf, basic, body, ...asked }: Asked) {
    const form = body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }
    if (road === '1') return send({ server: oneWay, ...asked, basic, body, headers: form })
    if (road === '2') return send({ ...client, ...asked, basic, body, headers: form })
    const way = road === 'proxied 2' ? '2' : '1'
    const proof = {
      'countersign-proxy': SECRET,
      'countersign-listener': way,
      'x-forwarded-for': '192.0.2.1',
      ...(way === '2' ? { 'client-cert': `:${leaf.toString('base64')}:` } : {}),
    }
    Object.assign(env(), { trustedProxySecret: road === 'development' ? null : SECRET })
    try {
      const headers = {
        ...form,
        ...(road === 'development' ? {} : proof),
        authorization: basic ?? basicOf(application),
        host: `localhost:${portOf(plain)}`,
      }
      const answer = await fetchPlain(portOf(plain), { ...asked, headers, body })
      return answer
    } finally {
      Object.assign(env(), { trustedProxySecret: null })
    }
  }

  const roads: [Road, '1' | '2' | null][] = [
    ['1', '1'],
    ['2', '2'],
    ['proxied 1', '1'],
    ['proxied 2', '2'],
    ['development', null],
  ]
  const originOf = (host: '1' | '2') => (host === '2' ? env().apiUrl.origin : env().publicUrl.origin)

  test.each(roads)('machine endpoints: %s', async (road, host) => {
    let seen = 0
    for (const route of MACHINE_ROUTES) {
      const path = route.path.replace('[id]', 'CON0000000000')
      for (const method of Object.keys(route.handlers)) {
        const answer = await over(road, { path, method, ...(method === 'GET' ? {} : { body: '' }) })
        // The application does not require mutual TLS, so that `1|2` is host 1 to it.
        const right = route.host === '2' ? '2' : '1'
        const name = `${method} ${path}`
        expect(answer.status === 421, name).toBe(host !== null && host !== right)
        if (answer.status !== 421) continue
        expect(answer.body.host, name).toBe(originOf(right))
        expect(answer.headers['content-type'], name).toBe(formFor(path, host, route.host === '1|2'))
        if (host === '2' && route.host === '1') expect(answer.body.code, name).toBe('wrong-host')
        seen += 1
      }
    }
    expect(seen > 0).toBe(host !== null)
    for (const [path, method, status] of [
      ['/oauth2/nothing', 'GET', 404],
      ['/oauth2/token', 'PUT', 405],
      ['/oa2/v1/nothing', 'GET', 404],
      ['/v1/nothing', 'GET', 404],
    ] as const) {
      const answer = await over(road, { path, method })
      const wrongHost = answer.status === 421
      expect([status, 421], `${method} ${path}`).toContain(answer.status)
      expect(answer.headers['content-type'], `${method} ${path}`).toBe(formFor(path, host))
      const form = formFor(path, host)
      if (form.includes('problem')) expect(answer.body.code).toBe(wrongHost ? 'wrong-host' : CODES[status])
      else if (path.startsWith('/oauth2')) expect(answer.body.error).toBe('invalid_request')
      else expect(answer.body.code).toBe(answer.status)
    }
  })

  const CODES = { 404: 'not-found', 405: 'method-not-allowed' }

  /** `1|2` endpoints have authenticated the client, and answer in their own form. */
  function formFor(path: string, host: '1' | '2' | null, shared = false): string {
    if ((host === '2' && !shared) || path.startsWith('/v1')) return 'application/problem+json'
    return path.startsWith('/oauth2') ? 'application/json' : 'application/json; charset=utf-8'
  }

  test.each(roads)('pages and health: %s', async (road, host) => {
    const files = globSync('app/**/page.tsx')
    const paths = files.map((file) =>
      `/${file.replace(/^app\//, '').replace(/\/?page\.tsx$/, '')}`
        .replace(/\/\([^)]*\)/g, '')
        .replace(/\[[^\]]+\]/g, 'x')
        .replace(/^$/, '/'),
    )
    expect(paths.length).toBeGreaterThan(20)
    for (const path of [...new Set(paths), '/healthz']) {
      const answer = await over(road, { path })
      if (host !== '2') expect(answer.status, path).toBe(200)
      else if (path === '/healthz') expect(answer.status).not.toBe(421)
      else {
        expect(answer, path).toMatchObject({ status: 421, body: { code: 'wrong-host', host: originOf('1') } })
        expect(answer.headers['content-type']).toBe('application/problem+json')
      }
    }
  })

  test.each(roads)(
    'endpoints for either host, whether mutual TLS is required or not, the secret right or wrong: %s',
    async (road, host) => {
      const endpoints = MACHINE_ROUTES.filter((route) => route.host === '1|2')
      expect(endpoints.map(({ path }) => path).sort()).toEqual([
        '/oauth2/introspect',
        '/oauth2/par',
        '/oauth2/revoke',
        '/oauth2/token',
      ])
      // Of their own for each road: ten failures are answered otherwise.
      const callers = [await aCaller(false), await aCaller(true)] as const
      for (const { path } of endpoints) {
        for (const [caller, needs, own] of callers) {
          const from = {
            path,
            method: 'POST',
            body: '',
            client: clientOf(own) as { cert: string; key: string },
            leaf: own.leaf,
          }
          const name = `${path} ${needs}`
          const wrong = await over(road, { ...from, basic: basicOf({ ...caller, clientSecret: 'wrong' }) })
          expect([wrong.status, wrong.body.error], name).toEqual([401, 'invalid_client'])
          expect(wrong.body).not.toHaveProperty('host')
          const right = await over(road, { ...from, basic: basicOf(caller) })
          if (host === null || host === needs) expect(right.status, name).not.toBe(421)
          else
            expect(right, name).toMatchObject({
              status: 421,
              body: { error: 'invalid_request', host: originOf(needs) },
            })
        }
      }
    },
  )
})

function fetchPlain(
  port: number,
  { body, ...asked }: http.RequestOptions & { body?: string | undefined },
): Promise<Sent> {
  return new Promise((resolve, reject) => {
    const request = http.request({ host: '127.0.0.1', port, ...asked }, (response) => void read(response).then(resolve))
    request.on('error', reject)
    request.end(body)
  })
}

test('Family A stays on host 1 for an application that requires mutual TLS', async () => {
  await db
    .update(applicationEnvironments)
    .set({ mtlsRequired: true })
    .where(eq(applicationEnvironments.applicationId, application.id))
  const answer = await send({ server: oneWay, path: '/oa2/v1/cc/token', method: 'PUT' })
  expect(answer.status).toBe(400)
})

test('a server certificate is taken up with connections open', async () => {
  const agent = new https.Agent({ keepAlive: true, maxSockets: 1 })
  expect((await send({ ...withCertificate, agent })).status).toBe(200)
  const next = await developmentCertificate(directory, ['localhost', '127.0.0.1', 'new.example'], now)
  expect(next.cert).not.toBe(certificate.cert)
  twoWay.setSecureContext(secureContextOf(next, trustStore()))
  expect((await send({ ...withCertificate, agent })).status).toBe(200)
  const shown = await new Promise<string>((resolve, reject) => {
    const socket = tls.connect({ host: '127.0.0.1', port: portOf(twoWay), rejectUnauthorized: false }, () => {
      resolve(socket.getPeerX509Certificate()?.subjectAltName ?? '')
      socket.destroy()
    })
    socket.once('error', reject)
  })
  expect(shown).toContain('new.example')
  agent.destroy()
})

test('who connected, and why somebody was refused, is there for the application to see', async () => {
  const { reporter, read } = handshakesOf(application.id)
  const socket = tls.connect({ host: '127.0.0.1', port: portOf(twoWay), rejectUnauthorized: false, ...withCertificate })
  await new Promise((resolve) => socket.once('secureConnect', resolve))
  // No request: somebody tries with `openssl s_client`. TLS 1.3 ends the client's part before the server's.
  await until(async () => {
    await reporter.flush(db)
    return (await read()).handshakes.length > 0
  })
  socket.destroy()
  const stranger = makeClientChain()
  await send(clientOf(stranger))
  await send({})
  await send(clientOf(makeClientChain({ root })))
  await reporter.flush(db)
  const { handshakes, refusals } = await read()
  expect(handshakes).toMatchObject([{ chainId, address: '127.0.0.1', protocol: 'TLSv1.3' }])
  expect(refusals.map(({ code, laidBy }) => `${code} ${laidBy}`).sort()).toEqual(
    expect.arrayContaining([
      'certificate-missing application-key',
      'certificate-of-another secret',
      'certificate-untrusted application-key',
    ]),
  )
  for (const { address, protocol } of refusals) expect({ address, protocol }).toMatchObject({ address: '127.0.0.1' })
})

function handshakesOf(applicationId: string) {
  const read = async () => ({
    handshakes: await db.select().from(chainHandshakes).where(eq(chainHandshakes.chainId, chainId)),
    refusals: await db.select().from(certificateRefusals).where(eq(certificateRefusals.applicationId, applicationId)),
  })
  return { reporter: handshakeReporter(), read }
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20))
}
