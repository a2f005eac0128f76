import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, describe, expect, test } from 'vitest'
import { aCustomer, anAccount, anApplication, aPerson } from '@/db/factories'
import { connections } from '@/db/schema/connections'
import { testDatabase } from '@/db/testing'
import { newWireId } from '@/lib/core/ids'
import { newHexToken, sha256 } from '@/lib/core/secrets'
import { createPlainListener } from './listeners'
import { MACHINE_ENDPOINTS, MACHINE_ROUTES } from './machine-routes'

// Whatever is in the machine table keeps to what contract.md says of all of them: one test for each line, made from it.
const { db } = await testDatabase()
const owner = await aPerson(db)
const customer = await aCustomer(db, owner.id)
const account = await anAccount(db, customer.id)
const application = await anApplication(db, customer.id)
const code = newHexToken()
await db.insert(connections).values({
  ...{ id: newWireId('connection'), applicationId: application.id, environment: 'sandbox', accountId: account.id },
  ...{ customerId: customer.id, grantedBy: owner.id, grantedAt: new Date(), codeHash: sha256(code), codeHint: 'x' },
})

const server = createPlainListener(async (_request, response) => void response.end('a page'), {
  pagesServeMachines: false,
})
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const { port } = server.address() as AddressInfo
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

type Endpoint = (typeof MACHINE_ENDPOINTS)[number]
type Sent = { body?: string; headers?: http.OutgoingHttpHeaders }

function send({ method, path }: { method: string; path: string }, { body = '', headers = {} }: Sent = {}) {
  return new Promise<{ status: number; headers: http.IncomingHttpHeaders; text: string }>((resolve, reject) => {
    const target = path.replace('[id]', 'CON0000000000')
    const request = http.request({ port, host: '127.0.0.1', path: target, method, headers }, (response) => {
      let text = ''
      response.on('data', (chunk) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }))
    })
    request.on('error', reject)
    request.end(body)
  })
}

const credentials = { client_id: application.clientId, client_secret: application.clientSecret, scope: 'app' }

/** What the endpoint accepts: a live token of its kind, or the client itself. */
async function authorizationFor({ auth }: Endpoint): Promise<http.OutgoingHttpHeaders> {
  if (auth === 'browser' || auth === 'anybody') return {}
  if (auth === 'client') {
    return { authorization: `Basic ${btoa(`${application.clientId}:${application.clientSecret}`)}` }
  }
  const kind = auth === 'connection-token' ? 'ac' : 'cc'
  const grant = kind === 'ac' ? { grant_type: 'authorization_code', code } : { grant_type: 'client_credentials' }
  const body = JSON.stringify({ ...credentials, ...grant })
  const { text } = await send({ method: 'POST', path: `/oa2/v1/${kind}/token` }, { body })
  return { authorization: `Bearer ${JSON.parse(text).access_token}` }
}

test('every handler of the table is a line of it', () => {
  const handlers = MACHINE_ROUTES.flatMap((route) =>
    Object.keys(route.handlers).map((method) => `${method} ${route.path}`),
  )
  expect(MACHINE_ENDPOINTS.map(({ method, path }) => `${method} ${path}`).toSorted()).toEqual(handlers.toSorted())
})

describe.each(MACHINE_ENDPOINTS.map((endpoint) => [`${endpoint.method} ${endpoint.path}`, endpoint] as const))(
  '%s',
  (_, endpoint) => {
    const isOpen = endpoint.auth === 'browser' || endpoint.auth === 'anybody'
    const length = (body: string) => ({ 'content-length': String(Buffer.byteLength(body)) })

    test.skipIf(isOpen)('answers nobody without credentials', async () => {
      const answer = await send(endpoint, { body: '', headers: length('') })
      expect([400, 401]).toContain(answer.status)
      expect(answer.headers['x-request-id']).toMatch(/^req_/)
      expect(answer.headers['cache-control']).toBe('no-store')
    })

    test('refuses a body over its limit, declared or not', async () => {
      const body = 'x'.repeat(endpoint.bodyBytesMax + 1)
      for (const framing of [length(body), { 'transfer-encoding': 'chunked' }]) {
        const answer = await send(endpoint, { body, headers: { ...(await authorizationFor(endpoint)), ...framing } })
        expect(answer.status).toBe(413)
      }
    })

    test.skipIf(endpoint.method === 'GET')('refuses a body of a kind that it cannot read', async () => {
      const headers = { ...(await authorizationFor(endpoint)), 'content-type': 'application/xml', ...length('<a/>') }
      expect((await send(endpoint, { body: '<a/>', headers })).status).toBe(415)
    })

    test.skipIf(endpoint.body === null)('refuses members of another type, and repeated ones', async () => {
      const headers = { ...(await authorizationFor(endpoint)), 'content-type': 'application/json' }
      const form = { ...headers, 'content-type': 'application/x-www-form-urlencoded' }
      expect((await send(endpoint, { body: 'a=1&a=2', headers: form })).status).toBe(400)
      const { body: schema } = endpoint
      if (schema === 'parameters' || schema === null) return
      const members = Object.keys((schema as unknown as { shape: object }).shape)
      expect(members.length).toBeGreaterThan(0)
      const body = JSON.stringify(Object.fromEntries(members.map((name) => [name, [[]]])))
      // The client may be named in the header or in the body, not in both.
      const named = endpoint.auth === 'client' ? { 'content-type': 'application/json' } : headers
      expect((await send(endpoint, { body, headers: named })).status).toBe(400)
    })
  },
)
