import { createHash, randomBytes, randomUUID } from 'node:crypto'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { type APIRequestContext, expect, type Page } from '@playwright/test'
import { type RegisteredApplication, test } from '../fixtures'
import { makeOwner, type Owner } from './people'

type Arrival = { url: URL; referer: string | undefined }

/** The application's own end: a page that leads to the request, and the callback that the browser comes back to. */
export type ClientApplication = RegisteredApplication & {
  origin: string
  redirectUri: string
  /** What has come back to the callback. */
  arrivals: Arrival[]
  /** Where a browser begins; `changes` replaces or, with null, leaves out parameters. */
  startUrl: (changes?: Record<string, string | null>) => string
  verifier: string
}

type Fixtures = {
  payer: Owner
  client: ClientApplication
  legacyClient: ClientApplication
}

/** Somebody at their desk, and an application of somebody else that sends them here. */
export const visit = test.extend<Fixtures>({
  payer: async ({ db }, use) => use(await makeOwner(db, { name: 'Marco Bianchi', customerName: 'Bianchi & Figli' })),
  client: async ({ db, product, anApplication }, use) => {
    await serve(async (origin, arrivals) => {
      const application = await anApplication(await makeOwner(db), { callback: `${origin}/callback`, scopes: SCOPES })
      const verifier = randomBytes(32).toString('base64url')
      const redirectUri = `${origin}/callback`
      const standard = {
        response_type: 'code',
        client_id: application.client_id,
        redirect_uri: redirectUri,
        scope: SCOPES.join(' '),
        state: 'state of the test',
        code_challenge: createHash('sha256').update(verifier).digest('base64url'),
        code_challenge_method: 'S256',
      }
      const startUrl = (changes = {}) => authorizeUrl(product.url, { ...standard, ...changes })
      await use({ ...application, origin, redirectUri, arrivals, startUrl, verifier })
    })
  },
  legacyClient: async ({ db, product, anApplication }, use) => {
    await serve(async (origin, arrivals) => {
      const application = await anApplication(await makeOwner(db), {
        profile: 'legacy',
        callback: `${origin}/registered`,
        scopes: SCOPES,
      })
      const redirectUri = `${origin}/any/path`
      const flow = {
        response_type: 'code',
        client_id: application.client_id,
        flowid: 'GetPSD2AuthCode',
        redirect_url: redirectUri,
        scope: SCOPES.join(' '),
        state: 'w4Am91fLZMKhDMT',
      }
      const startUrl = (changes = {}) => authorizeUrl(product.url, { ...flow, nonce: randomUUID(), ...changes })
      await use({ ...application, origin, redirectUri, arrivals, startUrl, verifier: '' })
    })
  },
})

export const SCOPES = ['psd2-ais', 'psd2-pis']

function authorizeUrl(origin: string, parameters: Record<string, string | null>): string {
  const given = Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== null)
  return `${origin}/oauth2/authorize?${new URLSearchParams(given)}`
}

async function serve(use: (origin: string, arrivals: Arrival[]) => Promise<void>): Promise<void> {
  const arrivals: Arrival[] = []
  const server = http.createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1')
    if (/callback|any\/path/.test(url.pathname)) arrivals.push({ url, referer: request.headers.referer })
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' })
    response.end(
      '<!doctype html><html lang="en"><title>Ledgerly</title><link rel="icon" href="data:,"><h1>Ledgerly</h1>',
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, arrivals)
  } finally {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
}

/** Waits for the browser at the callback. Nothing but the answer came there, once, and from no address of ours. */
export async function comeBack(page: Page, client: ClientApplication): Promise<URLSearchParams> {
  await expect(page.getByRole('heading', { name: 'Ledgerly', exact: true })).toBeVisible()
  await expect.poll(() => client.arrivals.length).toBe(1)
  const [arrival] = client.arrivals
  expect(arrival?.referer).toBeUndefined()
  expect(arrival?.url.pathname).toBe(new URL(client.redirectUri).pathname)
  return arrival?.url.searchParams ?? new URLSearchParams()
}

export function itemNamed(page: Page, sentence: string) {
  return page.getByRole('group', { name: new RegExp(sentence) })
}

/** Chooses "Allow" for what begins so. */
export async function choose(page: Page, sentence: string): Promise<void> {
  await itemNamed(page, sentence).getByRole('radio', { name: 'Allow' }).check()
}

export const SEE = 'See your payment accounts'
export const PAY = 'Start payments from your accounts'

export async function press(page: Page, name: 'Allow' | 'Deny'): Promise<void> {
  await page.getByRole('button', { name, exact: true }).click()
}

type Tokens = {
  access_token: string
  refresh_token: string
  scope: string
  additional_tokens?: { access_token: string; consent_id: string; scope: string }[]
}

/** As the application does it, from server to server. */
export async function exchangeCode(
  request: APIRequestContext,
  client: ClientApplication,
  code: string | null,
): Promise<{ status: number; tokens: Tokens }> {
  const basic = Buffer.from(`${client.client_id}:${client.client_secret}`).toString('base64')
  const answer = await request.post('/oauth2/token', {
    headers: { Authorization: `Basic ${basic}` },
    form: {
      grant_type: 'authorization_code',
      code: code ?? '',
      redirect_uri: client.redirectUri,
      ...(client.verifier ? { code_verifier: client.verifier } : {}),
    },
  })
  return { status: answer.status(), tokens: (await answer.json()) as Tokens }
}
