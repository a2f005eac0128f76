import { readFile } from 'node:fs/promises'
import https from 'node:https'
import path from 'node:path'
import { desc, eq } from 'drizzle-orm'
import { Agent, fetch as fetchWith } from 'undici'
import { afterAll } from 'vitest'
import { aCertificateChain, aConsent, aCustomer, anAnchor, anApplication, aPerson } from '@/db/factories'
import { applicationEnvironments } from '@/db/schema/applications'
import { authorizationCodeGrants, authorizationCodes, authorizationRequests } from '@/db/schema/oauth'
import { testDatabase } from '@/db/testing'
import { bumpTrustStore } from '@/lib/certificates/bump-trust-store'
import { type ClientChain, makeAuthority, makeClientChain } from '@/lib/certificates/testing/make-client-chain'
import { newId } from '@/lib/core/ids'
import { newOpaqueToken, sha256 } from '@/lib/core/secrets'
import { addMs, MINUTE } from '@/lib/core/time'
import { env } from '@/lib/env/env'
import { findAuthorizationClient } from '@/lib/oauth/authorization/find-authorization-client'
import { readAuthorizationRequest } from '@/lib/oauth/authorization/read-authorization-request'
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

  async function register(profile: 'standard' | 'fapi2' = 'standard') {
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
   * What the browser brings back once the owner has allowed everything. The request passes the checks of the authorization
   * endpoint, or was pushed and has passed them there.
   */
  async function allow(location: URL | string): Promise<URL> {
    const asked = Object.fromEntries(new URL(location).searchParams)
    const anybody = { db, actor: { kind: 'anonymous' }, now: new Date(), requestId: 'req_test', address: null } as const
    const client = await findAuthorizationClient(anybody, asked.client_id ?? '')
    if (!client) throw new Error('an unknown client')
    const id = asked.request_uri === undefined ? await store(asked) : await pushed(asked.request_uri)
    const [request] = await db.select().from(authorizationRequests).where(eq(authorizationRequests.id, id))
    if (!request) throw new Error('no request')
    const person = await aPerson(db)
    const customer = await aCustomer(db, person.id)
    const consent = await aConsent(
      db,
      { id: client.applicationId, environment: client.environment },
      { personId: person.id, customerId: customer.id },
      { scopes: request.scopes },
    )
    const code = newOpaqueToken()
    const codeHash = sha256(code)
    const expiresAt = addMs(new Date(), MINUTE)
    await db
      .insert(authorizationCodes)
      .values({ codeHash, requestId: id, authTime: new Date(), amr: ['mfa'], expiresAt })
    await db
      .insert(authorizationCodeGrants)
      .values({ codeHash, position: 0, consentId: consent.id, scopes: request.scopes })
    const answer = new URL(request.redirectUri)
    answer.searchParams.set('code', code)
    if (request.state !== null) answer.searchParams.set('state', request.state)
    answer.searchParams.set('iss', issuer.origin)
    return answer

    async function store(parameters: Record<string, string>): Promise<string> {
      const read = readAuthorizationRequest(parameters, client as NonNullable<typeof client>, 'standard')
      if (read.outcome !== 'good') throw new Error(`${read.error}: ${read.detail}`)
      const row = { ...read.request, id: newId('authorizationRequest'), expiresAt: addMs(new Date(), MINUTE) }
      await db.insert(authorizationRequests).values(row)
      return row.id
    }
    async function pushed(requestUri: string): Promise<string> {
      const [row] = await db
        .select({ id: authorizationRequests.id })
        .from(authorizationRequests)
        .where(eq(authorizationRequests.requestUriHash, sha256(requestUri)))
        .orderBy(desc(authorizationRequests.createdAt))
      if (!row) throw new Error('nothing was pushed under that request_uri')
      return row.id
    }
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
