import type { Page } from '@playwright/test'
import { connections } from '@/db/schema/connections'
import { newId, newWireId } from '@/lib/core/ids'
import { newHexToken, sha256 } from '@/lib/core/secrets'
import { DESKTOP } from '../playwright.config'
import { answered, expect, test } from './fixtures'
import { PAGES_OF_APPLICATION } from './support/addresses'
import { choose, SEE, visit } from './support/callback'
import { showCode } from './support/connect'
import { makeOwner, makeViewer, type Owner } from './support/people'

/** Pages that only a person who is signed in may see. */
const OWN = [
  '/applications',
  '/applications/new',
  '/customers',
  '/customers/new',
  '/accounts',
  '/connections',
  '/consents',
  '/security',
  '/activity',
  '/wallet',
  '/wallet/scan',
  '/step-up',
]

type Things = { application: string; connection: string; disposition: string }

function addressesOf({ application, connection, disposition }: Things): string[] {
  return [
    ...[...PAGES_OF_APPLICATION, '/logo'].map((path) => `/applications/${application}${path}`),
    `/applications/${application}/connect/${disposition}`,
    `/connections/${connection}`,
    `/wallet/operations/${disposition}`,
  ]
}

/** Everything that can belong to somebody: an application, a request under way, a granted connection. */
const guarded = test.extend<{ owner: Owner; theirs: Things; missing: Things }>({
  owner: async ({ db }, use) => use(await makeOwner(db)),
  theirs: async ({ db, owner, openDevice, signIn, anApplication }, use) => {
    const application = await anApplication(owner)
    const page = await openDevice()
    await signIn(page, owner)
    await showCode(page, application)
    const connection = newWireId('connection')
    await db.insert(connections).values({
      id: connection,
      applicationId: application.application_id,
      environment: 'sandbox',
      accountId: owner.account.id,
      customerId: owner.customerId,
      grantedBy: owner.id,
      grantedAt: new Date(),
      codeHash: sha256(newHexToken()),
      codeHint: 'abcd',
    })
    const disposition = new URL(page.url()).pathname.split('/').at(-1) ?? ''
    await use({ application: application.application_id, connection, disposition })
  },
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from this pattern
  missing: async ({}, use) =>
    use({ application: newId('application'), connection: newWireId('connection'), disposition: newId('disposition') }),
})

/**
 * Every word of the whole answer, apart from what is of one request, or named in its address; sorted and
 * without their numbers, because the parts of a page are numbered and sent as they are ready.
 */
async function wordsOf(page: Page, address: string, names: Things): Promise<string[]> {
  const answer = await page.request.get(address, { maxRedirects: 0 })
  const { date: _, ...headers } = answer.headers()
  const body = (await answer.text()).replace(/"\]\)<\/script><script[^>]*>self\.__next_f\.push\(\[1,"/g, '')
  const ofRequest = /req_\w+|(?<=nonce[-=\\":]+)[\w+/]{22}==/g
  const whole = JSON.stringify({ status: answer.status(), headers, body }).replace(ofRequest, '')
  return Object.entries(names)
    .reduce((text, [kind, name]) => text.replaceAll(name, kind), whole)
    .split(/[^\w./-]+/)
    .filter((word) => !/^[A-Za-z]?[\da-f]{1,2}$/.test(word))
    .toSorted()
}

guarded('a stranger is asked to sign in, everywhere, and told nothing', async ({ page, theirs }) => {
  const pages = addressesOf(theirs).filter((path) => !path.endsWith('/logo'))
  for (const address of [...OWN, ...pages]) {
    const answer = await page.request.get(address, { maxRedirects: 0 })
    expect(answer.status(), address).toBe(307)
    expect(answer.headers().location, address).toMatch(/^\/sign-in(\?|$)/)
  }
  await page.goto(`/applications/${theirs.application}`)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Sign in')
})

guarded(
  "another business's owner sees what is not there",
  async ({ page, db, signIn, theirs, missing, expectedErrors }) => {
    expectedErrors.push(answered(404))
    await signIn(page, await makeOwner(db, { customerName: 'Payer UAB' }))
    const absent = addressesOf(missing)
    for (const [index, address] of addressesOf(theirs).entries()) {
      const told = await wordsOf(page, address, theirs)
      expect(told, address).toContain('404')
      expect(told, address).toEqual(await wordsOf(page, absent[index] ?? '', missing))
    }
    await page.goto(`/applications/${theirs.application}`)
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Page not found')
  },
)

guarded(
  'a viewer reads the pages of the business and finds no way to change it',
  async ({ openDevice, db, signIn, owner, theirs, expectedErrors }) => {
    expectedErrors.push(answered(404))
    // What a page offers is in it before scripts have run, and is found there sooner.
    const page = await openDevice({ javaScriptEnabled: false, viewport: DESKTOP })
    await signIn(page, await makeViewer(db, owner.customerId))
    for (const path of PAGES_OF_APPLICATION) {
      const answer = await page.goto(`/applications/${theirs.application}${path}`)
      expect(answer?.status(), path).toBe(200)
      const acts = page
        .getByRole('main')
        .getByRole('button', { name: /^(Make|Add|Save|Change|Revoke|Remove|Invite|Send|Withdraw|Show the code)/ })
      await expect(acts, path).toHaveCount(0)
    }
    await page.goto(`/connections/${theirs.connection}`)
    await expect(page.getByText('only an owner can revoke it')).toBeVisible()
    await expect(page.getByRole('button', { name: 'Revoke connection' })).toHaveCount(0)
    await page.goto('/accounts')
    await expect(page.getByText('You are a viewer')).toBeVisible()
    await expect(page.getByRole('button', { name: 'Open a sandbox account' })).toHaveCount(0)
    const foreign = await page.goto(`/applications/${theirs.application}/connect/${theirs.disposition}`)
    expect(foreign?.status()).toBe(404)
  },
)

guarded('the poller answers nobody but the initiator', async ({ page, product, db, signIn, theirs, missing }) => {
  const path = (id: string) => `${product.url}/api/dispositions/${id}`
  expect((await page.request.get(path(theirs.disposition))).status()).toBe(401)
  await signIn(page, await makeOwner(db))
  for (const { disposition } of [theirs, missing]) {
    expect((await page.request.get(path(disposition))).status()).toBe(404)
    const code = await page.request.post(`${path(disposition)}/connection-code`, { headers: { Origin: product.url } })
    expect(code.status()).toBe(404)
  }
})

guarded('a state change from another origin is refused', async ({ page, product, signIn, owner, theirs }) => {
  await signIn(page, owner)
  const path = `${product.url}/api/dispositions/${theirs.disposition}/connection-code`
  for (const headers of [{ Origin: 'https://elsewhere.example' }, {} as Record<string, string>]) {
    expect((await page.request.post(path, { headers })).status()).toBe(403)
  }
})

visit(
  'a request is for the browser that brought it: sign-in first there, not found elsewhere, waiting page included',
  async ({ page, db, signIn, openDevice, payer, client, expectedErrors }) => {
    expectedErrors.push(answered(404))
    await page.goto(client.startUrl())
    await expect(page).toHaveURL(/\/sign-in\?return_to=%2Fconsent%2Farq_/)
    await signIn(page, payer)
    await page.goto(new URL(page.url()).searchParams.get('return_to') ?? '')
    const address = page.url()
    await choose(page, SEE)
    await page.getByRole('button', { name: 'Approve in your wallet instead' }).click()
    await expect(page.getByRole('img', { name: /QR code/ })).toBeVisible()
    const waiting = page.url()

    const elsewhere = await openDevice()
    await signIn(elsewhere, payer)
    for (const path of [address, waiting]) expect((await elsewhere.goto(path))?.status(), path).toBe(404)

    await signIn(page, await makeOwner(db, { customerName: 'Payer UAB' }))
    expect((await page.goto(waiting))?.status()).toBe(404)
    await page.context().clearCookies({ name: 'countersign-session' })
    for (const path of [address, waiting]) {
      await page.goto(path)
      await expect(page, path).toHaveURL(/\/sign-in\?return_to=%2Fconsent%2Farq_/)
    }
  },
)
