import type { APIRequestContext, Page } from '@playwright/test'
import { sql } from 'drizzle-orm'
import {
  expect,
  expectFocusAround,
  expectNoViolations,
  expectNoViolationsAnyhow,
  holdScripts,
  type RegisteredApplication,
  test,
} from './fixtures'
import { expectWrongCredentials } from './support/connect'
import { giveAuthenticator, makeOwner, makePasskey } from './support/people'
import { runCommand } from './support/product'

type Credentials = Pick<RegisteredApplication, 'client_id' | 'client_secret'>

function fetchToken(request: APIRequestContext, { client_id, client_secret }: Credentials) {
  return request.post('/oa2/v1/cc/token', {
    data: { grant_type: 'client_credentials', client_id, client_secret, scope: 'app' },
  })
}

async function expectToken(request: APIRequestContext, credentials: Credentials) {
  expect((await fetchToken(request, credentials)).status()).toBe(200)
}

async function openCredentials(page: Page, application: RegisteredApplication) {
  await page.goto(`/applications/${application.application_id}/credentials`)
  await expect(page.getByRole('heading', { level: 2, name: 'Application secrets' })).toBeVisible()
}

async function proveByPasskey(page: Page) {
  const dialog = page.getByRole('dialog', { name: 'Confirm that it is you' })
  await dialog.getByRole('button', { name: 'Use a passkey' }).click()
}

/** A live secret's own card. */
function cardOf(page: Page, secret: string) {
  return page
    .getByRole('main')
    .locator('section')
    .filter({ has: page.getByRole('heading', { level: 3, name: hintOf(secret) }) })
    .last()
}

function hintOf(secret: string): string {
  return `cs_sk_sandbox_…${secret.slice(-5)}`
}

test('a secret is rotated: both work, what is replaced is watched, then ended', { tag: '@phone' }, async ({
  page,
  db,
  signIn,
  request,
  anApplication,
}) => {
  const owner = await makeOwner(db)
  const application = await anApplication(owner)
  await expectToken(request, application)
  await signIn(page, owner)
  await openCredentials(page, application)

  const fresh = await test.step('the dialog says what will stop, with its last use', async () => {
    // Uses are written once a second.
    await expect(async () => {
      await page.reload()
      await expect(cardOf(page, application.client_secret)).toContainText('once in 24 hours', { timeout: 500 })
    }).toPass()
    await page.getByRole('button', { name: 'Rotate secret' }).click()
    const dialog = page.getByRole('alertdialog')
    await expect(dialog.getByRole('button', { name: 'Not now' })).toBeFocused()
    await expect(dialog).toContainText(hintOf(application.client_secret))
    await expect(dialog).toContainText('once in 24 hours')
    await expect(dialog.getByRole('radio', { name: '7 days' })).toBeChecked()
    await expectNoViolations(page)
    await dialog.getByRole('radio', { name: '24 hours' }).check()
    await dialog.getByLabel('End it earlier').fill('6')
    await dialog.getByRole('button', { name: 'Rotate secret' }).click()
    const value = page.getByRole('textbox', { name: 'Application secret' })
    await expect(value).toHaveValue(/^cs_sk_sandbox_[0-9A-Za-z]{49}$/)
    await expectFocusAround(value)
    await expectNoViolations(page)
    return { client_id: application.client_id, client_secret: await value.inputValue() }
  })

  await test.step('both work, and the page says until when', async () => {
    await expectToken(request, application)
    await expectToken(request, fresh)
    await page.getByRole('button', { name: 'I have stored it' }).click()
    await expect(page.getByText('A rotation is under way')).toBeVisible()
    await expect(cardOf(page, application.client_secret)).toContainText('or once unused for 6 hours')
    await expect(page.getByRole('button', { name: 'Rotate secret' })).toHaveCount(0)
    expect(await page.content()).not.toContain(fresh.client_secret)
    await expectNoViolations(page)
  })

  await test.step('its end is put off, and then brought forward', async () => {
    const old = cardOf(page, application.client_secret)
    await old.getByRole('button', { name: /^Put off the end/ }).click()
    const extend = page.getByRole('alertdialog', { name: /^Put off the end/ })
    await extend.getByRole('radio', { name: '30 days' }).check()
    await extend.getByRole('button', { name: 'Put off the end' }).click()
    await expect(extend).toBeHidden()
    await expect(old).toContainText(/Ends (in 30 days|next month)/)
    await old.getByRole('button', { name: /^End now/ }).click()
    const end = page.getByRole('alertdialog', { name: /^End .* now/ })
    await expect(end.getByRole('button', { name: 'Keep it' })).toBeFocused()
    await end.getByRole('button', { name: 'End secret' }).click()
    await expect(page.getByRole('cell', { name: /ended early/ })).toBeVisible()
    await expect(page.getByText('A rotation is under way')).toHaveCount(0)
    await expectWrongCredentials(await fetchToken(request, application))
    await expectToken(request, fresh)
  })
})

test('after a lost answer the page tells what happened, and the secret is replaced', async ({
  page,
  db,
  signIn,
  request,
  anApplication,
  expectedErrors,
}) => {
  expectedErrors.push(/ERR_FAILED|Failed to fetch|fetch failed/)
  const owner = await makeOwner(db)
  const application = await anApplication(owner)
  await signIn(page, owner)
  await openCredentials(page, application)
  await page.route(/\/credentials$/, async (route) => {
    if (route.request().method() !== 'POST') return route.continue()
    await route.fetch() // it is done, and the answer never comes
    await route.abort()
  })
  await page.getByRole('button', { name: 'Rotate secret' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Rotate secret' }).click()
  await expect(page.getByRole('main').getByRole('alert')).toContainText('We did not get the answer')
  await expectNoViolationsAnyhow(page)
  await page.unroute(/\/credentials$/)
  await page.getByRole('button', { name: 'See what happened' }).click()
  await expect(page.getByText('A rotation is under way')).toBeVisible()
  await page.getByRole('button', { name: 'Replace it' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Replace secret' }).click()
  const value = page.getByRole('textbox', { name: 'Application secret' })
  await expect(value).toBeVisible()
  await expectToken(request, { client_id: application.client_id, client_secret: await value.inputValue() })
  await expectToken(request, application)
  const [row] = await db.execute<{ revoked: number; live: number }>(sql`
    select count(*) filter (where revoked_at is not null)::int as revoked, count(*) filter (where revoked_at is null)::int as live
    from application_secrets where application_id = ${application.application_id}`)
  expect(row).toEqual({ revoked: 1, live: 2 })
})

test('the last secret that there is room for is shown like every other; a refusal is told where it was asked', async ({
  page,
  db,
  signIn,
  anApplication,
}) => {
  const owner = await makeOwner(db)
  const application = await anApplication(owner)
  await giveAuthenticator(page, await makePasskey(db, owner))
  await signIn(page, owner)
  await openCredentials(page, application)
  for (let n = 2; n <= 5; n++) {
    await page.getByLabel('Another secret, which ends').selectOption({ label: 'after 90 days' })
    await page.getByRole('button', { name: 'Make application secret' }).click()
    await expect(page.getByRole('textbox', { name: 'Application secret' })).toBeVisible()
    await page.getByRole('button', { name: 'I have stored it' }).click()
    await expect(page.getByText(`${n} of 5 live.`)).toBeVisible()
  }
  await expect(page.getByText('There is no room for another secret')).toBeVisible()
  await db.execute(sql`update sessions set auth_time = auth_time - interval '10 minutes' where person_id = ${owner.id}`)
  await page.getByRole('button', { name: 'Rotate secret' }).click()
  const dialog = page.getByRole('alertdialog')
  await dialog.getByRole('button', { name: 'Rotate secret' }).click()
  await proveByPasskey(page)
  await expect(dialog.getByRole('alert')).toContainText('at most 5 live secrets')
})

test('keys are rotated: both answer, then the old one ends', async ({ page, db, signIn, request, anApplication }) => {
  const owner = await makeOwner(db)
  const application = await anApplication(owner)
  await signIn(page, owner)
  await openCredentials(page, application)
  const key = page.getByRole('textbox', { name: 'Application key' })
  await page.getByRole('button', { name: 'Rotate keys' }).click()
  const dialog = page.getByRole('alertdialog')
  await expect(dialog.getByRole('button', { name: 'Not now' })).toBeFocused()
  await dialog.getByRole('button', { name: 'Rotate keys' }).click()
  await expect(key).not.toHaveValue(application.client_id)
  const fresh = { client_id: await key.inputValue(), client_secret: application.client_secret }
  await expectToken(request, application)
  await expectToken(request, fresh)
  await expectNoViolationsAnyhow(page)
  await page.getByRole('button', { name: /^End now/ }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'End key' }).click()
  await expect(page.getByRole('cell', { name: /ended early/ })).toBeVisible()
  await expectWrongCredentials(await fetchToken(request, application))
  await expectToken(request, fresh)
})

test('production has its own key and secrets, and is rotated alone', async ({ page, db, signIn, request, product }) => {
  const owner = await makeOwner(db)
  const words = ['application', 'create', '--owner', owner.email, '--name', 'Ledgerly', '--environment', 'production']
  const made = await runCommand<Omit<RegisteredApplication, 'name'>>(product, words)
  await signIn(page, owner)
  await page.goto(`/applications/${made.application_id}/credentials`)
  const sandboxKey = await page.getByRole('textbox', { name: 'Application key' }).inputValue()
  await page.getByRole('link', { name: 'Production', exact: true }).click()
  await expect(page.getByRole('textbox', { name: 'Application key' })).toHaveValue(made.client_id)
  expect(sandboxKey).not.toBe(made.client_id)
  await page.getByRole('button', { name: 'Rotate secret' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Rotate secret' }).click()
  const value = page.getByRole('textbox', { name: 'Application secret' })
  await expect(value).toHaveValue(/^cs_sk_production_/)
  await expectToken(request, made)
  await expectToken(request, { client_id: made.client_id, client_secret: await value.inputValue() })
  await expectNoViolationsAnyhow(page)
})

/** Of an owner who has a passkey at hand, and whose last proof is too old for what is sensitive. */
const toProve = test.extend<{ application: RegisteredApplication }>({
  application: async ({ page, db, signIn, anApplication }, use) => {
    const owner = await makeOwner(db)
    await giveAuthenticator(page, await makePasskey(db, owner))
    await signIn(page, owner, { provedMinutesAgo: 6 })
    await use(await anApplication(owner))
  },
})

toProve(
  'a rotation asks for a fresh proof when the last one is old, and goes on with what was chosen',
  async ({ page, request, application }) => {
    await openCredentials(page, application)
    await page.getByRole('button', { name: 'Rotate secret' }).click()
    const question = page.getByRole('alertdialog')
    await question.getByRole('radio', { name: 'No overlap' }).check()
    await question.getByRole('button', { name: 'Rotate secret' }).click()
    await proveByPasskey(page)
    const value = page.getByRole('textbox', { name: 'Application secret' })
    await expect(value).toBeVisible()
    await expectToken(request, { client_id: application.client_id, client_secret: await value.inputValue() })
    await expectWrongCredentials(await fetchToken(request, application))
  },
)

toProve(
  'what was chosen before scripts ran is never sent otherwise: the person looks, and presses again',
  async ({ page, request, application }) => {
    const letThrough = await holdScripts(page)
    await page.goto(`/applications/${application.application_id}/credentials`, { waitUntil: 'commit' })
    await page.getByRole('button', { name: 'Rotate secret' }).click()
    const question = page.getByRole('alertdialog')
    await question.getByRole('radio', { name: 'No overlap' }).check()
    await question.getByRole('button', { name: 'Rotate secret' }).click({ noWaitAfter: true })
    await expect(page.getByRole('link', { name: 'Confirm that it is you' })).toBeVisible()
    letThrough()
    await proveByPasskey(page)
    await expect(question.getByText('Not everything that you entered was kept')).toBeVisible()
    await expectToken(request, application)
    await question.getByRole('radio', { name: 'No overlap' }).check()
    await question.getByRole('button', { name: 'Rotate secret' }).click()
    await expect(page.getByRole('textbox', { name: 'Application secret' })).toBeVisible()
    await expectWrongCredentials(await fetchToken(request, application))
  },
)

toProve(
  'whoever cancels while a proof is under way has not asked for the act',
  async ({ page, request, application }) => {
    await openCredentials(page, application)
    await page.getByRole('button', { name: 'Rotate secret' }).click()
    const question = page.getByRole('alertdialog')
    await question.getByRole('radio', { name: 'No overlap' }).check()
    await question.getByRole('button', { name: 'Rotate secret' }).click()
    const dialog = page.getByRole('dialog', { name: 'Confirm that it is you' })
    await expect(dialog.getByRole('button', { name: 'Use a passkey' })).toBeVisible()
    const { promise: released, resolve: letThrough } = Promise.withResolvers<void>()
    let held = 0
    let answered = 0
    page.on('response', (answer) => {
      if (answer.request().method() === 'POST') answered += 1
    })
    await page.route('**/credentials', async (route) => {
      held += 1
      await released
      await route.continue()
    })
    await dialog.getByRole('button', { name: 'Use a passkey' }).click()
    await expect.poll(() => held).toBe(1)
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await question.getByRole('button', { name: 'Not now' }).click()
    letThrough()
    // The challenge and the proof have been asked for; what follows from them would be by now.
    await expect.poll(() => answered).toBe(2)
    await page.waitForTimeout(500)
    await page.getByRole('button', { name: 'Rotate secret' }).click()
    await expect(question.getByRole('radio', { name: '7 days' })).toBeChecked()
    await expectToken(request, application)
    expect(held).toBe(2)
  },
)

test('a secret is rotated before scripts have loaded', async ({ db, signIn, openDevice, anApplication, request }) => {
  const owner = await makeOwner(db)
  const application = await anApplication(owner)
  const page = await openDevice({ javaScriptEnabled: false })
  await signIn(page, owner)
  await openCredentials(page, application)
  await page.getByRole('button', { name: 'Rotate secret' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Rotate secret' }).click()
  const value = page.getByRole('textbox', { name: 'Application secret' })
  await expect(value).toBeVisible()
  await expectToken(request, { client_id: application.client_id, client_secret: await value.inputValue() })
})
