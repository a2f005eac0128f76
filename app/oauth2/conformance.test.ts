import { eq } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { GET as statusRoute } from '@/app/oa2/v1/status/route'
import { aConsent, aCustomer, anApplication, anAuthorizationCode, aPerson } from '@/db/factories'
import { tokenFamilies } from '@/db/schema/oauth'
import { testDatabase } from '@/db/testing'
import { newHexToken } from '@/lib/core/secrets'
import { callMachine } from '@/lib/http/testing'
import { OAUTH_ENDPOINTS } from '@/lib/oauth/endpoints'
import { callOauth } from '@/lib/oauth/testing/call-oauth'
import { matchMachineRoute } from '@/server/machine-routes'
import { POST as introspectRoute } from './introspect/route'
import { POST as tokenRoute } from './token/route'

/* What docs/conformance.md says and no test of a single endpoint shows. */

const { db } = await testDatabase()
const owner = await aPerson(db)
const customer = await aCustomer(db, owner.id)

const PAYMENT = {
  type: 'payment_initiation',
  instructedAmount: { amount: 1250, currency: 'EUR' },
  creditorName: 'Corner Shop',
  creditorAccount: { iban: 'DE89370400440532013000' },
}

async function aPair(authorizationDetails: Record<string, unknown>[] | null = null) {
  const application = await anApplication(db, customer.id, { scopes: ['psd2-ais', 'psd2-pis'] })
  const giver = { personId: owner.id, customerId: customer.id }
  const consent = await aConsent(db, application, giver, { authorizationDetails })
  const { code, verifier, redirectUri } = await anAuthorizationCode(db, application, [consent], {
    request: { authorizationDetails },
  })
  const parameters = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier }
  const answer = await callOauth(tokenRoute, '/oauth2/token', parameters, { basic: application })
  expect(answer.status).toBe(200)
  return {
    application,
    body: answer.body as { access_token: string; refresh_token: string; authorization_details?: unknown },
  }
}

test('RFC 9396 §7, §9.2: the details that were granted are in the answer and in introspection', async () => {
  const { application, body } = await aPair([PAYMENT])
  expect(body.authorization_details).toEqual([PAYMENT])
  const token = { token: body.access_token }
  const seen = await callOauth(introspectRoute, '/oauth2/introspect', token, { basic: application })
  expect(seen.body).toMatchObject({ active: true, authorization_details: [PAYMENT] })
})

test('ASVS 10.4.8: a refresh moves nothing of the end that a refresh token has', async () => {
  const { application, body } = await aPair()
  const end = async () => {
    const [family] = await db
      .select({ expiresAt: tokenFamilies.expiresAt })
      .from(tokenFamilies)
      .where(eq(tokenFamilies.applicationId, application.id))
    return family?.expiresAt.getTime() ?? 0
  }
  const before = await end()
  expect(before - Date.now()).toBeLessThanOrEqual(180 * 86_400_000)
  const refresh = { grant_type: 'refresh_token', refresh_token: body.refresh_token }
  expect((await callOauth(tokenRoute, '/oauth2/token', refresh, { basic: application })).status).toBe(200)
  expect(await end()).toBe(before)
})

test('FAPI 2.0 §5.2: no page of another origin reads an endpoint, but for the metadata and the keys', async () => {
  for (const endpoint of ['authorize', 'par', 'token', 'introspect', 'revoke'] as const) {
    const { path } = OAUTH_ENDPOINTS[endpoint]
    const handlers = matchMachineRoute(path)?.route.handlers ?? {}
    for (const [method, handler] of Object.entries(handlers)) {
      const { headers } = await callMachine(handler as never, {
        method,
        url: `http://localhost:3000${path}`,
        headers: { origin: 'https://elsewhere.example', accept: 'text/html' },
        address: newHexToken(),
      }).catch(() => ({ headers: new Headers() }))
      const opened = [...headers.keys()].filter((name) => name.startsWith('access-control-'))
      expect(opened, `${method} ${path}`).toEqual([])
    }
  }
})

test('RFC 6750 §2: a token counts in the header alone', async () => {
  const application = await anApplication(db, customer.id)
  const { clientId, clientSecret } = application
  const { POST } = await import('@/app/oa2/v1/cc/token/route')
  const issued = await callMachine(POST, {
    body: { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret, scope: 'app' },
  })
  const token = issued.body.access_token as string
  expect((await callMachine(statusRoute, { bearer: token })).status).toBe(200)
  const url = `http://localhost:3000/oa2/v1/status?access_token=${token}`
  expect((await callMachine(statusRoute, { url })).status).toBe(401)
})
