import { createPublicKey, X509Certificate } from 'node:crypto'
import { createServer } from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { aCertificateChain, aCustomer, anAnchor, anApplication, aPerson } from '@/db/factories'
import { testContext, testDatabase } from '@/db/testing'
import { bumpTrustStore } from '@/lib/certificates/bump-trust-store'
import { planFetches } from '@/lib/certificates/revocation/plan-fetches'
import { parseStored } from '@/lib/certificates/revocation/register-sources'
import { makeCrl } from '@/lib/certificates/revocation/testing/make-crl'
import { refreshRevocation } from '@/lib/certificates/revocation/verdicts'
import { makeAuthority, makeClientChain } from '@/lib/certificates/testing/make-client-chain'
import { addDays, addMs, DAY, HOUR } from '@/lib/core/time'
import { env } from '@/lib/env/env'
import { jobs } from '@/lib/jobs/jobs'
import { log } from '@/lib/log/log'
import { startWorkers } from '../jobs'
import { createTlsListener, type PageHandler } from '../listeners'
import { developmentCertificate } from './development-certificate'
import { secureContextOf } from './secure-context'
import { makeTemporaryDirectory } from './testing'
import { onTrustChange, refreshTrust, trustStore } from './trust'

const { db } = await testDatabase()
const now = new Date()
const certificate = await developmentCertificate(await makeTemporaryDirectory(), ['localhost', '127.0.0.1'], now)
const pages: PageHandler = async (_request, response) => void response.end('{}')
// Two listeners, as two replicas have them; jobs of one process tell both.
const listeners = [1, 2].map(() =>
  createTlsListener('2', secureContextOf(certificate, trustStore()), pages, { pagesServeMachines: false }),
)
onTrustChange((store) => {
  for (const server of listeners) server.setSecureContext(secureContextOf(certificate, store))
})

let list: Buffer = Buffer.alloc(0)
const web = createServer((_request, response) => response.end(list))
await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve))
const place = `127.0.0.1:${(web.address() as AddressInfo).port}`
Object.assign(env(), { outboundAllow: [place] })
const root = makeAuthority('Trusted root', now)
const owner = await aPerson(db)
const customer = await aCustomer(db, owner.id)

beforeAll(async () => {
  for (const server of listeners) await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  for (const environment of ['sandbox', 'production']) await anAnchor(db, root.der, { environment })
  await startWorkers() // without the schedule, which would ask the authority before the test does
})

afterAll(async () => {
  await jobs().stop({ graceful: false })
  for (const server of [...listeners, web]) {
    server.closeAllConnections()
    server.close()
  }
})

function portOf(server: https.Server): number {
  return (server.address() as AddressInfo).port
}

async function aClient(environment: 'sandbox' | 'production') {
  const application = await anApplication(db, customer.id, { environment })
  const chain = makeClientChain({ root, crlUrl: `http://${place}/ca.crl` })
  await aCertificateChain(db, application, chain)
  await db.transaction((tx) => bumpTrustStore(tx, now))
  await refreshTrust(db)
  const authorization = `Basic ${Buffer.from(`${application.clientId}:${application.clientSecret}`).toString('base64')}`
  const agents = listeners.map(
    () => new https.Agent({ keepAlive: true, maxSockets: 1, cert: chain.cert, key: chain.key }),
  )
  afterAll(() => agents.forEach((agent) => void agent.destroy()))
  const send = (replica: 0 | 1) =>
    new Promise<{ status: number; code?: string; title?: string; reused: boolean }>((resolve, reject) => {
      const server = listeners[replica] as https.Server
      Object.assign(env(), { apiUrl: new URL(`https://localhost:${portOf(server)}`) })
      const request = https.request(
        {
          host: '127.0.0.1',
          servername: 'localhost',
          port: portOf(server),
          path: '/v1/application',
          rejectUnauthorized: false,
          agent: agents[replica],
          headers: { host: `localhost:${portOf(server)}`, authorization },
        },
        (response) => {
          let text = ''
          response.on('data', (part) => {
            text += part
          })
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, ...JSON.parse(text), reused: request.reusedSocket }),
          )
        },
      )
      request.on('error', reject)
      request.end()
    })
  return { application, chain, send }
}

function listOf(chain: ReturnType<typeof makeClientChain>, revoked: boolean, thisUpdate: Date): Buffer {
  const { privateKey } = chain.intermediate.signer
  const serial = BigInt(`0x${new X509Certificate(chain.leaf).serialNumber}`)
  return makeCrl({
    issuer: parseStored(chain.intermediate.der).subject.raw,
    signer: { privateKey, publicKey: createPublicKey(privateKey) },
    thisUpdate,
    nextUpdate: addDays(now, 1),
    revoked: revoked ? [{ serial, reason: 1 }] : [],
  })
}

const system = (at = new Date()) => testContext(db, { kind: 'system' as const, name: 'revocation' }, at)

/** What every replica does twice a second. */
async function polled(done: () => Promise<void>): Promise<void> {
  await vi.waitFor(async () => {
    await refreshRevocation(db)
    await done()
  }, 8000)
}

test('revoked by its authority: the next request of an open connection is refused, on every replica', async () => {
  const { chain, send } = await aClient('production')
  await refreshRevocation(db)
  // Nobody has asked yet, and production demands an answer.
  const told = vi.spyOn(log(), 'info')
  expect(await send(0)).toMatchObject({ status: 403, code: 'certificate-revocation-unknown' })
  expect(told).toHaveBeenLastCalledWith(
    expect.objectContaining({ revocation: { verdict: 'unknown', ageSeconds: null } }),
    'client certificate refused',
  )

  list = listOf(chain, false, addMs(now, -HOUR))
  await planFetches(system())
  await polled(async () => expect(await send(0)).toMatchObject({ status: 200 }))
  expect(await send(1)).toMatchObject({ status: 200 })
  expect(await send(1)).toMatchObject({ status: 200, reused: true })
  expect(told).toHaveBeenLastCalledWith(
    expect.objectContaining({ revocation: { verdict: 'good', ageSeconds: expect.any(Number) } }),
    'client authenticated',
  )

  list = listOf(chain, true, now)
  await planFetches(system(addMs(new Date(), 2 * HOUR)))
  const saidRevoked = () =>
    expect(told).toHaveBeenLastCalledWith(
      expect.objectContaining({ revocation: { verdict: 'revoked', ageSeconds: expect.any(Number) } }),
      'client certificate refused',
    )
  await polled(async () => {
    expect(await send(0)).toMatchObject({ status: 403, code: 'certificate-revoked' })
    // The endpoint, which asks the database, may know before the listener does.
    saidRevoked()
  })
  const refused = await send(1)
  expect(refused).toMatchObject({ status: 403, code: 'certificate-revoked' })
  saidRevoked()
  expect(refused.title).toMatch(/revoked by its authority since .* \(keyCompromise\)/)
})

test('one leaf in two environments: what the laxer one puts up with does not open the stricter one', async () => {
  const { application, chain, send } = await aClient('production')
  const lax = await anApplication(db, customer.id)
  await aCertificateChain(db, { ...lax, id: lax.id }, chain, { keySha256: null })
  await db.transaction((tx) => bumpTrustStore(tx, now))
  await refreshRevocation(db)
  expect(application.environment).toBe('production')
  expect(await send(0)).toMatchObject({ status: 403, code: 'certificate-revocation-unknown' })
})

test('an answer that grows old closes production by the clock alone', async () => {
  const { chain, send } = await aClient('production')
  list = listOf(chain, false, addMs(now, -HOUR))
  await planFetches(system())
  await polled(async () => expect(await send(0)).toMatchObject({ status: 200 }))
  const spy = vi.spyOn(await import('@/lib/context/clock'), 'currentTime')
  spy.mockReturnValue(addMs(new Date(), DAY + HOUR))
  expect(await send(0)).toMatchObject({ status: 403, code: 'certificate-revocation-unknown' })
  spy.mockRestore()
})
