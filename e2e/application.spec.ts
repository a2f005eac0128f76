import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import sharp from 'sharp'
import { expect, expectFocusAround, expectNoViolationsAnyhow, test, waitForScripts } from './fixtures'
import { expectWrongCredentials } from './support/connect'
import { makeOwner } from './support/people'
import { runCommand } from './support/product'

const run = promisify(execFile)

test('an owner registers an application, makes a secret, uses it, and revokes it', { tag: '@phone' }, async ({
  page,
  db,
  signIn,
  request,
  product,
}) => {
  const owner = await makeOwner(db)
  await signIn(page, owner)
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: product.url })

  await test.step('register', async () => {
    await page.goto('/applications')
    await page.getByRole('link', { name: 'Register application' }).click()
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Bilancio')
    await page.getByLabel('Description').fill('Keeps the books of small shops.')
    const logo = await sharp({ create: { width: 300, height: 200, channels: 3, background: '#0a7f7a' } })
      .png()
      .toBuffer()
    await waitForScripts(page.getByLabel('Logo'))
    await page.getByLabel('Logo').setInputFiles({ name: 'logo.png', mimeType: 'image/png', buffer: logo })
    await expect(page.getByRole('img', { name: 'The logo you chose' })).toBeVisible()
    await page.getByRole('radio', { name: /Standard/ }).check()
    await page.getByLabel('Callback').fill('https://bilancio.example/callback')
    await page.getByRole('button', { name: 'Register application' }).click()
    await expect(page.getByRole('heading', { level: 1, name: 'Bilancio' })).toBeVisible()
  })

  const key = page.getByRole('textbox', { name: 'Application key' })
  await expect(key).toHaveValue(/^[0-9a-f]{32}$/)
  const clientId = await key.inputValue()

  const { secret, line } = await test.step('make a secret: shown once, copied, kept in a file', async () => {
    await page.getByRole('link', { name: 'Make an application secret' }).click()
    await page.getByRole('button', { name: 'Make application secret' }).click()
    const panel = page.getByRole('main')
    const value = panel.getByRole('textbox', { name: 'Application secret' })
    await expect(value).toBeVisible()
    await expectFocusAround(value)
    const shown = await value.inputValue()
    expect(shown).toMatch(/^cs_sk_sandbox_[0-9A-Za-z]{49}$/)

    await panel.getByRole('button', { name: 'Copy', exact: true }).first().click()
    await expect(panel.getByRole('status').filter({ hasText: 'Copied' })).toHaveCount(1)
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(shown)

    const [download] = await Promise.all([
      page.waitForEvent('download'),
      panel.getByRole('link', { name: 'Download .env' }).click(),
    ])
    expect(download.suggestedFilename()).toBe('countersign.env')
    expect(await readFile(await download.path(), 'utf8')).toBe(
      `COUNTERSIGN_URL=${product.url}\nCOUNTERSIGN_CLIENT_ID=${clientId}\nCOUNTERSIGN_CLIENT_SECRET=${shown}\n`,
    )
    return { secret: shown, line: (await panel.getByText(/^curl /).textContent()) ?? '' }
  })

  await test.step('the curl line works as it stands', async () => {
    const { stdout } = await run('/bin/sh', ['-c', line])
    expect(JSON.parse(stdout)).toMatchObject({ token_type: 'bearer', expires_in: 3600 })
  })

  await test.step('afterwards only its hint is there', async () => {
    await page.getByRole('button', { name: 'I have stored it' }).click()
    await expect(page.getByRole('button', { name: 'Make application secret' })).toBeVisible()
    await page.getByRole('link', { name: 'Overview' }).click()
    await expect(page.getByText('1 live secret.')).toBeVisible()
    await page.goBack()
    await page.goto(page.url())
    await expect(page.getByRole('button', { name: 'Make application secret' })).toBeVisible()
    expect(await page.content()).not.toContain(secret)
    await expect(page.getByRole('heading', { level: 3, name: secret.slice(-5) })).toBeVisible()
  })

  await test.step('revoked, it is worth nothing', async () => {
    await page.getByRole('button', { name: /^Revoke/ }).click()
    const dialog = page.getByRole('alertdialog')
    await expect(dialog.getByRole('button', { name: 'Keep it' })).toBeFocused()
    await dialog.getByRole('button', { name: 'Revoke secret' }).click()
    await expect(dialog).toBeHidden()
    await expect(page.getByText('Revoked', { exact: true })).toBeVisible()
    const answer = await request.post('/oa2/v1/cc/token', {
      data: { grant_type: 'client_credentials', client_id: clientId, client_secret: secret, scope: 'app' },
    })
    await expectWrongCredentials(answer)
  })
})

test('an error keeps what was typed, and its summary leads to the field', async ({ page, db, signIn }) => {
  await signIn(page, await makeOwner(db))
  await page.goto('/applications/new')
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Bilancio')
  await page.getByLabel('Callback').fill('http://shop.example/back?x=1')
  await page.getByRole('button', { name: 'Register application' }).click()
  const summary = page.getByRole('main').getByRole('alert')
  await expect(summary).toBeFocused()
  await summary.getByRole('link').first().click()
  await expect(page.getByLabel('Callback')).toBeFocused()
  await expect(page.getByLabel('Callback')).toHaveValue('http://shop.example/back?x=1')
  await expect(page.getByRole('textbox', { name: 'Name', exact: true })).toHaveValue('Bilancio')
})

test('a secret asks for a fresh proof when the last one is old', async ({ page, db, signIn, anApplication }) => {
  const owner = await makeOwner(db)
  const application = await anApplication(owner)
  await signIn(page, owner, { provedMinutesAgo: 6 })
  await page.goto(`/applications/${application.application_id}/credentials`)
  await page.getByRole('button', { name: 'Make application secret' }).click()
  await expect(page.getByRole('dialog', { name: 'Confirm that it is you' })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('textbox', { name: 'Application secret' })).toHaveCount(0)
})

test('an application that an operator approved for production names that key, and works on in its sandbox', async ({
  page,
  db,
  product,
  signIn,
}) => {
  const owner = await makeOwner(db)
  const words = ['application', 'create', '--owner', owner.email, '--name', 'Ledgerly', '--environment', 'production']
  const made = await runCommand<{ application_id: string; client_id: string }>(product, words)
  await signIn(page, owner)
  await page.goto(`/applications/${made.application_id}`)
  await expect(page.getByText(made.client_id)).toBeVisible()
  await expect(page.getByLabel('Application key', { exact: true })).not.toHaveValue(made.client_id)
  await page.goto('/applications')
  await expect(page.getByText('Production').first()).toBeVisible()
})

test('production has a profile and callbacks of its own; its scopes are an operator’s', async ({
  page,
  db,
  product,
  signIn,
}) => {
  const owner = await makeOwner(db)
  const words = ['application', 'create', '--owner', owner.email, '--name', 'Ledgerly', '--environment', 'production']
  const made = await runCommand<{ application_id: string; client_id: string }>(product, words)
  const base = `/applications/${made.application_id}`
  await signIn(page, owner)

  await test.step('profile', async () => {
    await page.goto(`${base}/settings`)
    await page.getByRole('link', { name: 'Production', exact: true }).click()
    await expect(page).toHaveURL(/environment=production/)
    await page.getByRole('radio', { name: 'FAPI 2.0' }).check()
    await page.getByRole('button', { name: 'Change profile' }).click()
    await expect(page.getByText('Changed.')).toBeVisible()
    await expectNoViolationsAnyhow(page)
    await page.getByRole('link', { name: 'Sandbox', exact: true }).click()
    await expect(page.getByRole('radio', { name: 'Standard' })).toBeChecked()
  })

  await test.step('scopes', async () => {
    await page.goto(`${base}/settings?environment=production`)
    await expect(page.getByText('An operator of the institution approves')).toBeVisible()
    await expect(page.getByRole('button', { name: 'Save scopes' })).toHaveCount(0)
    const approve = ['application', 'scopes', made.application_id, '--scope', 'psd2-pis', '--environment', 'production']
    await runCommand(product, approve)
    await page.reload()
    await expect(page.getByText('psd2-pis')).toBeVisible()
  })

  await test.step('callbacks', async () => {
    await page.goto(`${base}/callbacks?environment=production`)
    await page.getByLabel('New callback').fill('https://ledgerly.example/live')
    await page.getByRole('button', { name: 'Add callback' }).click()
    await expect(page.getByText('https://ledgerly.example/live').first()).toBeVisible()
    await expectNoViolationsAnyhow(page)
    await page.getByRole('link', { name: 'Sandbox', exact: true }).click()
    await expect(page.getByText('No callbacks yet')).toBeVisible()
  })
})

test('scopes are chosen in the settings, and an authorization request may then name them', async ({
  page,
  db,
  signIn,
  request,
  anApplication,
}) => {
  const owner = await makeOwner(db)
  const callback = 'https://ledgerly.example/back'
  const application = await anApplication(owner, { callback })
  const asked = new URLSearchParams({
    client_id: application.client_id,
    response_type: 'code',
    redirect_uri: callback,
    scope: 'psd2-ais',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
  })
  const authorize = async () => {
    const answer = await request.get(`/oauth2/authorize?${asked}`, { maxRedirects: 0 })
    return answer.headers().location ?? ''
  }
  expect(await authorize()).toContain('error=invalid_scope')

  await signIn(page, owner)
  await page.goto(`/applications/${application.application_id}/settings`)
  const group = page.getByRole('group', { name: 'PSD2', exact: true })
  const box = group.getByRole('checkbox', { name: 'Read accounts, balances and transactions' })
  await expect(box).not.toBeChecked()
  await box.check()
  await expectNoViolationsAnyhow(page)
  await page.getByRole('button', { name: 'Save scopes' }).click()
  await expect(page.getByText('Saved.')).toBeVisible()
  await expect(box).toBeChecked()
  await page.reload()
  await expect(box).toBeChecked()
  expect(await authorize()).not.toContain('error=')

  await box.uncheck()
  await page.getByRole('button', { name: 'Save scopes' }).click()
  await expect(page.getByText('Saved.')).toBeVisible()
  expect(await authorize()).toContain('error=invalid_scope')
})

test('pages and forms work before scripts have loaded', async ({ db, signIn, openDevice, anApplication }) => {
  const owner = await makeOwner(db)
  const application = await anApplication(owner)
  const page = await openDevice({ javaScriptEnabled: false })
  await signIn(page, owner)
  await page.goto(`/applications/${application.application_id}/callbacks`)
  await page.getByLabel('New callback').fill('https://ledgerly.example/back')
  await page.getByRole('button', { name: 'Add callback' }).click()
  await expect(page.getByText('https://ledgerly.example/back').first()).toBeVisible()
  await page.getByRole('button', { name: /^Remove/ }).click()
  const dialog = page.getByRole('alertdialog')
  await dialog.getByRole('button', { name: 'Remove callback' }).click()
  await expect(page.getByText('No callbacks yet')).toBeVisible()
})

test('looking at a page asks for that page alone', async ({ page, db, signIn, anApplication }) => {
  const owner = await makeOwner(db)
  const application = await anApplication(owner)
  await signIn(page, owner)
  const pages: string[] = []
  page.on('request', (request) => {
    const isPage = request.resourceType() === 'document' || request.url().includes('_rsc=')
    if (isPage) pages.push(new URL(request.url()).pathname)
  })
  const address = `/applications/${application.application_id}`
  await page.goto(address, { waitUntil: 'networkidle' })
  expect(pages).toEqual([address])
  await page
    .getByRole('navigation', { name: /^Pages of/ })
    .getByRole('link', { name: 'Credentials' })
    .click()
  await expect(page.getByRole('heading', { name: 'Application secrets' })).toBeVisible()
  expect(pages).toEqual([address, `${address}/credentials`])
})
