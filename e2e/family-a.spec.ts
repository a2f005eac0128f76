import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { APIRequestContext } from '@playwright/test'
import { expect, type RegisteredApplication, test } from './fixtures'
import { credentials, exchange, expectWrongCredentials, openInWallet, type TokenAnswer } from './support/connect'
import { giveAuthenticator, makeOwner, makePasskey } from './support/people'

type Connection = {
  id: string
  status: string
  deeplink?: string
  qr_code?: string
  imported_by?: string
  number?: number
  connection_code?: string
}

async function applicationToken(request: APIRequestContext, application: RegisteredApplication): Promise<string> {
  const answer = await request.post('/oa2/v1/cc/token', {
    data: { grant_type: 'client_credentials', ...credentials(application) },
  })
  expect(answer.status()).toBe(200)
  return ((await answer.json()) as TokenAnswer).access_token
}

/** The calls of one application about Connections, with its token. */
function client(request: APIRequestContext, token: string) {
  const headers = { Authorization: `Bearer ${token}` }
  return {
    async ask(data: Record<string, unknown>): Promise<Connection> {
      const answer = await request.post('/oa2/v1/connection', { headers, data })
      expect(answer.status()).toBe(201)
      return answer.json()
    },
    async read(id: string): Promise<Connection> {
      const answer = await request.get(`/oa2/v1/connection/${id}`, { headers })
      expect(answer.status()).toBe(200)
      return answer.json()
    },
    cancel: (id: string) => request.delete(`/oa2/v1/connection/${id}`, { headers }),
    status: () => request.get('/oa2/v1/status', { headers }),
  }
}

/** A page of the application's own, on which the wallet's way back ends. */
async function serveShop() {
  const server = createServer((_, response) =>
    response.setHeader('Content-Type', 'text/html').end('<title>Shop</title><link rel="icon" href="data:,">'),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`
  return { origin, close: () => new Promise((resolve) => server.close(resolve).closeAllConnections()) }
}

test('an application asks, the owner accepts with the number that it shows, and the way back leads to it', async ({
  request,
  db,
  signIn,
  openDevice,
  anApplication,
}) => {
  const shop = await serveShop()
  const application = await anApplication(await makeOwner(db), { callback: `${shop.origin}/back` })
  const api = client(request, await applicationToken(request, application))
  expect(await (await api.status()).json()).toEqual({ status: 'UP' })

  const asked = await api.ask({
    return_url: `${shop.origin}/back?order=7`,
    reference: 'Year 2026',
    confirm_number: true,
  })
  expect(asked.id).toMatch(/^CON[0-9A-HJKMNP-TV-Z]{10}$/)
  expect(asked.status).toBe('WAITING')
  expect(asked.qr_code).toBe(asked.deeplink)

  const payer = await makeOwner(db, { name: 'Paulius Jonaitis', customerName: 'Jonaitis UAB' })
  const phone = await openDevice()
  await giveAuthenticator(phone, await makePasskey(db, payer))
  await signIn(phone, payer)
  await openInWallet(phone, asked.deeplink ?? '')
  await expect(phone.getByText('Year 2026')).toBeVisible()
  await expect(phone.getByText('Nobody has checked who is behind this name.')).toBeVisible()

  const imported = await api.read(asked.id)
  expect(imported).toMatchObject({ status: 'IMPORTED', imported_by: expect.stringMatching(/^P.* J/) })
  expect(imported.imported_by).not.toContain(payer.name)
  expect(imported).not.toHaveProperty('deeplink')
  await phone.getByLabel('Two-digit number').fill(String(imported.number))
  await phone.getByRole('button', { name: 'Accept' }).click()

  await phone.waitForURL((url) => url.origin === shop.origin)
  const back = new URL(phone.url())
  expect(Object.fromEntries(back.searchParams)).toEqual({ order: '7', id: asked.id, status: 'GRANTED' })

  const granted = await api.read(asked.id)
  expect(granted.status).toBe('GRANTED')
  const tokens = await exchange(request, application, granted.connection_code ?? '')
  expect(tokens.status()).toBe(200)
  expect(await api.read(asked.id)).not.toHaveProperty('connection_code')
  await shop.close()
})

test('what the owner refuses stays without a code, and what is cancelled cannot be accepted', async ({
  request,
  db,
  signIn,
  openDevice,
  anApplication,
}) => {
  const application = await anApplication(await makeOwner(db))
  const api = client(request, await applicationToken(request, application))
  const payer = await makeOwner(db)
  const phone = await openDevice()
  await signIn(phone, payer)

  const refused = await api.ask({})
  await openInWallet(phone, refused.deeplink ?? '')
  await phone.getByRole('button', { name: 'Refuse' }).click()
  await expect(phone.getByRole('heading', { name: 'Refused' })).toBeVisible()
  expect(await api.read(refused.id)).toMatchObject({ status: 'REFUSED' })
  expect((await api.cancel(refused.id)).status()).toBe(409)

  const cancelled = await api.ask({})
  expect((await api.cancel(cancelled.id)).status()).toBe(204)
  expect((await api.cancel(cancelled.id)).status()).toBe(204)
  await phone.goto('/wallet')
  await phone.goto(cancelled.deeplink ?? '')
  await expect(phone.getByRole('heading', { name: 'The request was cancelled' })).toBeVisible()
})

test('of two owners who open the same code the second is turned away', async ({
  request,
  db,
  signIn,
  openDevice,
  anApplication,
}) => {
  const application = await anApplication(await makeOwner(db))
  const api = client(request, await applicationToken(request, application))
  const asked = await api.ask({})
  const [first, second] = [await openDevice(), await openDevice()]
  await signIn(first, await makeOwner(db))
  await signIn(second, await makeOwner(db))
  await openInWallet(first, asked.deeplink ?? '')
  await second.goto(asked.deeplink ?? '')
  await expect(second.getByRole('heading', { name: 'Somebody else has opened this code' })).toBeVisible()
  expect(await api.read(asked.id)).toMatchObject({ status: 'IMPORTED', refused_imports: 1 })
})

test('reporting phishing refuses everything that the application asks of the person', async ({
  request,
  db,
  signIn,
  openDevice,
  anApplication,
}) => {
  const application = await anApplication(await makeOwner(db))
  const api = client(request, await applicationToken(request, application))
  const [one, two] = [await api.ask({}), await api.ask({})]
  const phone = await openDevice()
  await signIn(phone, await makeOwner(db))
  await openInWallet(phone, one.deeplink ?? '')
  await phone.goto('/wallet')
  await openInWallet(phone, two.deeplink ?? '')
  await phone.getByRole('button', { name: 'Report phishing' }).click()
  await phone.getByRole('button', { name: 'Report and refuse' }).click()
  await expect(phone.getByRole('heading', { name: 'Reported and refused' })).toBeVisible()
  for (const { id } of [one, two]) expect(await api.read(id)).toMatchObject({ status: 'REFUSED' })
})

test("another application's connection is as missing as one that never was", async ({ request, db, anApplication }) => {
  const owner = await makeOwner(db)
  const asked = await client(request, await applicationToken(request, await anApplication(owner))).ask({})
  const headers = { Authorization: `Bearer ${await applicationToken(request, await anApplication(owner))}` }
  const answers = await Promise.all(
    [asked.id, 'CON0000000000'].map(async (id) => {
      const answer = await request.get(`/oa2/v1/connection/${id}`, { headers })
      const { request_id, ...body } = (await answer.json()) as Record<string, unknown>
      expect(request_id).toMatch(/^[\w-]{8,64}$/)
      return { status: answer.status(), body }
    }),
  )
  expect(answers[0]).toMatchObject({ status: 404 })
  expect(answers[0]).toEqual(answers[1])
})

test('a wrong secret and a missing token get the one answer', async ({ request, db, anApplication }) => {
  const application = await anApplication(await makeOwner(db))
  const data = { grant_type: 'client_credentials', ...credentials(application), client_secret: 'cs_sk_sandbox_no' }
  await expectWrongCredentials(await request.post('/oa2/v1/cc/token', { data }))
  await expectWrongCredentials(await request.get('/oa2/v1/status'))
})
