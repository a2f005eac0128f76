import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aCustomer, anApplication, aPerson } from '@/db/factories'
import { testDatabase } from '@/db/testing'
import { OAUTH_ENDPOINTS } from '@/lib/oauth/endpoints'
import { buildIfNeeded } from '../scripts/build.mjs'
import { createPlainListener } from './listeners'
import { MACHINE_ROUTES } from './machine-routes'
import { openPages } from './pages'

// The same route files are mounted twice: on node:http by the machine table, and in Next, which serves them in development.
const { db } = await testDatabase()
const owner = await aPerson(db)
const customer = await aCustomer(db, owner.id)
const application = await anApplication(db, customer.id)
const servers: Record<'machine' | 'next', http.Server> = {} as never
let closeNext: () => Promise<void>

beforeAll(async () => {
  await buildIfNeeded()
  const { handle, close } = await openPages({ development: false, port: 3000 })
  closeNext = close
  servers.machine = createPlainListener(handle, { pagesServeMachines: false })
  servers.next = createPlainListener(handle, { pagesServeMachines: true })
  for (const server of Object.values(servers)) {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  }
}, 600_000)

afterAll(async () => {
  for (const server of Object.values(servers)) {
    server.closeAllConnections()
    server.close()
  }
  await closeNext?.()
})

type Call = { method: string; path: string; headers?: Record<string, string>; body?: string }

function send(mount: 'machine' | 'next', call: Call) {
  return new Promise<{ status: number | undefined; body: unknown; headers: Record<string, unknown> }>(
    (resolve, reject) => {
      const { port } = servers[mount].address() as AddressInfo
      const request = http.request({ port, host: '127.0.0.1', ...call }, (response) => {
        let text = ''
        response.on('data', (chunk) => {
          text += chunk
        })
        response.on('end', () => {
          const {
            'cache-control': cacheControl,
            'content-type': contentType,
            'www-authenticate': challenge,
          } = response.headers
          resolve({ status: response.statusCode, body: tidy(text), headers: { cacheControl, contentType, challenge } })
        })
      })
      request.on('error', reject)
      request.end(call.body)
    },
  )
}

/** What differs by nature: request ids, and the tokens themselves. */
function tidy(text: string): unknown {
  if (text === '') return ''
  if (text.startsWith('<')) return text.replace(/req_\w+/g, 'string')
  const body = JSON.parse(text) as Record<string, unknown>
  for (const name of [
    'request_id',
    'access_token',
    'refresh_token',
    'id',
    'deeplink',
    'qr_code',
    'expires_at',
    'created_at',
  ]) {
    if (name in body) body[name] = typeof body[name]
  }
  return body
}

async function bothAnswer(call: Call) {
  const [machine, viaNext] = [await send('machine', call), await send('next', call)]
  expect(viaNext, `${call.method} ${call.path}`).toEqual(machine)
  return machine
}

/** What anybody may read. */
const DOCUMENTS: string[] = [OAUTH_ENDPOINTS.metadata.path, OAUTH_ENDPOINTS.jwks.path]

test('every route of the table answers alike on both mounts without credentials', async () => {
  for (const route of MACHINE_ROUTES) {
    for (const method of Object.keys(route.handlers)) {
      const path = route.path.replace('[id]', 'CON0000000000')
      const answer = await bothAnswer({ method, path, ...(method === 'GET' ? {} : { body: '{}' }) })
      const isDocument = DOCUMENTS.includes(path)
      expect(isDocument ? [200] : [400, 401], path).toContain(answer.status)
    }
  }
})

test('a token is issued and used alike on both mounts, and errors have the same shape', async () => {
  const body = JSON.stringify({
    grant_type: 'client_credentials',
    client_id: application.clientId,
    client_secret: application.clientSecret,
    scope: 'app',
  })
  const path = '/oa2/v1/cc/token'
  expect((await bothAnswer({ method: 'POST', path, body })).status).toBe(200)
  expect((await bothAnswer({ method: 'POST', path, body: '{' })).status).toBe(400)
  expect((await bothAnswer({ method: 'POST', path, body: body.replace('app"', 'x"') })).status).toBe(400)
  const large = { method: 'POST', path, body: `{"a":"${'x'.repeat(70_000)}"}` }
  expect((await bothAnswer(large)).status).toBe(413)
  const wrong = { method: 'GET', path: '/oa2/v1/status', headers: { authorization: `Bearer ${'0'.repeat(32)}` } }
  expect((await bothAnswer(wrong)).status).toBe(401)
})

test('a request that asks for another protocol goes through the guard like one that does not', async () => {
  expect((await send('machine', { method: 'GET', path: '/sign-in' })).status).toBe(200)
  for (const path of ['/sign-in', '/healthz', '/v1/application']) {
    for (const host of ['localhost', 'evil.example']) {
      const call = { method: 'GET', path, headers: { host } }
      const plain = await send('machine', call)
      for (const upgrade of ['h2c', 'websocket']) {
        const headers = { host, connection: 'Upgrade', upgrade }
        const { status, headers: answered } = await send('machine', { ...call, headers })
        expect([status, answered], `${host}${path} ${upgrade}`).toEqual([plain.status, plain.headers])
      }
    }
  }
})
