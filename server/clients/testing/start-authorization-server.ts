import { readFile } from 'node:fs/promises'
import https from 'node:https'
import path from 'node:path'
import { eq } from 'drizzle-orm'
import { Agent, fetch as fetchWith } from 'undici'
import { afterAll } from 'vitest'
import { aCertificateChain, aCustomer, anAnchor, anApplication, aPerson } from '@/db/factories'
import { applicationEnvironments } from '@/db/schema/applications'
import { personActor, testContext, testDatabase } from '@/db/testing'
import { bumpTrustStore } from '@/lib/certificates/bump-trust-store'
import { type ClientChain, makeAuthority, makeClientChain } from '@/lib/certificates/testing/make-client-chain'
import { env } from '@/lib/env/env'
import { AnswerInput } from '@/lib/oauth/authorization/answer-input'
import { answerRequest } from '@/lib/oauth/authorization/answer-request'
import { claimRequest } from '@/lib/oauth/authorization/visit-request'
import { createTlsListener } from '../../listeners'
import { developmentCertificate } from '../../tls/development-certificate'
import { secureContextOf } from '../../tls/secure-context'
import { makeTemporaryDirectory, portOf } from '../../tls/testing'
import { onTrustChange, refreshTrust, trustStore } from '../../tls/trust'

export const CALLBACK = 'https://client.example/callback'
export const SCOPE = 'psd2-ais psd2-pis'

export type TestServer = Awaited<ReturnType<typeof startAuthorizationServer>>

/** Both listeners on this machine over TLS, and an account owner who allows whatever is rightly asked. */
export async function startAuthorizationServer() {
  const { db } = await testDatabase()
  const directory = await makeTemporaryDirectory()
  const certificate = await developmentCertificate(directory, ['localhost', '127.0.0.1'], new Date())
  const caFile = path.join(directory, 'tls', 'ca.pem')
  const ca = await readFile(caFile, 'utf8')
  const noPages = async () => undefined
  const options = { pagesServeMachines: false }
  const oneWay = createTlsListener('1', secureContextOf(certificate, null), noPages, options)
  const twoWay = createTlsListener('2', secureContextOf(certificate, trustStore()), noPages, options)
  onTrustChange((store) => twoWay.setSecureContext(secureContextOf(certificate, store)))
  for (const server of [oneWay, twoWay]) await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  afterAll(() => {
    for (const server of [oneWay, twoWay]) {
      server.closeAllConnections()
      server.close()
    }
  })
  const issuer = new URL(`https://localhost:${portOf(oneWay)}`)
  const api = new URL(`https://localhost:${portOf(twoWay)}`)
  Object.assign(env(), { publicUrl: issuer, apiUrl: api })

  const owner = await aPerson(db)
  const business = await aCustomer(db, owner.id)
  const root = makeAuthority('Root of the clients', new Date())
  await anAnchor(db, root.der)

  const browse = fetcher()

  async function register(profile: 'legacy' | 'standard' | 'fapi2' = 'standard') {
    return anApplication(db, business.id, { profile, scopes: SCOPE.split(' '), callback: CALLBACK })
  }

  /** A chain that the application has submitted, and that the 2-way listener knows of: the only way from now on. */
  async function submitChain(application: Awaited<ReturnType<typeof register>>): Promise<ClientChain> {
    const chain = makeClientChain({ root })
    await aCertificateChain(db, application, chain)
    await db
      .update(applicationEnvironments)
      .set({ mtlsRequired: true })
      .where(eq(applicationEnvironments.applicationId, application.id))
    await db.transaction((tx) => bumpTrustStore(tx, new Date()))
    await refreshTrust(db)
    return chain
  }

  /**
   * What the browser brings back once the owner of a business has signed in and allowed everything: it opens the address over
   * TLS, keeps the cookie, and lands on the auth web app, whose two verbs do the rest.
   */
  async function allow(location: URL | string): Promise<URL> {
    const opened = await browse(location, { redirect: 'manual' })
    await opened.body?.cancel()
    const isFlow = new URL(location).searchParams.has('flowid')
    if (opened.status !== (isFlow ? 301 : 303)) throw new Error(`answered ${opened.status}`)
    const landed = new URL(opened.headers.get('location') ?? '')
    const [, requestId = ''] = /^\/consent\/(arq_\w+)$/.exec(landed.pathname) ?? []
    if (requestId === '') return landed
    if (landed.origin !== issuer.origin) throw new Error(`led to ${landed}`)
    const cookie = new RegExp(
      `^__Host-countersign-request-${requestId}=([\\w-]{43}); .*HttpOnly; SameSite=Lax; Secure$`,
    )
    const [, browserToken = ''] = opened.headers.getSetCookie().flatMap((one) => cookie.exec(one) ?? [])
    const person = await aPerson(db)
    const customer = await aCustomer(db, person.id)
    const ctx = testContext(db, personActor(person.id, { customerId: customer.id, role: 'owner' }))
    const visit = { requestId, browserToken }
    if (!(await claimRequest(ctx, visit))) throw new Error('the request is not this browser’s')
    const form = AnswerInput.parse({ requestId, decision: 'allow-all', customer: customer.id })
    const answered = await answerRequest(ctx, { ...form, browserToken })
    if (!answered) throw new Error('the request was answered before')
    return new URL(answered.location)
  }

  /** `fetch` that trusts the server and, with a chain, shows its certificate. */
  function fetcher(chain?: ClientChain): (url: string | URL, init: object) => Promise<Response> {
    const connect = { ca, ...(chain ? { cert: chain.cert, key: chain.key } : {}) }
    const dispatcher = new Agent({ connect })
    afterAll(() => dispatcher.close())
    return async (url, init) => (await fetchWith(url, { ...init, dispatcher })) as unknown as Response
  }

  return { db, issuer, api, caFile, agent: new https.Agent({ ca }), register, submitChain, allow, fetcher }
}
