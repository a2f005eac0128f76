import type { Page } from '@playwright/test'
import { sql } from 'drizzle-orm'
import { TOTP } from 'otpauth'
import { answered, codeOf, expect, holdScripts, linkOf, newestMail, test } from './fixtures'
import { giveAuthenticator, giveCode, givePassword, makePerson, PASSWORD } from './support/people'

/** The way out is in the menu, which a phone shows on demand. */
async function signOut(page: Page): Promise<void> {
  const menu = page.getByRole('button', { name: 'Menu' })
  const way = page.getByRole('button', { name: 'Sign out' })
  await expect(menu.or(way).first()).toBeVisible()
  if (await menu.isVisible()) await menu.click()
  await way.click()
  await expect(page.getByRole('heading', { name: 'You are signed out' })).toBeVisible()
}

test('from nothing to a business and a passkey that signs in alone', { tag: '@phone' }, async ({ page, product }) => {
  const email = `carla.${Date.now()}.${test.info().project.name}@example.test`
  await giveAuthenticator(page)

  await test.step('sign up and confirm the address', async () => {
    await page.goto('/')
    await page.getByRole('main').getByRole('link', { name: 'Create account' }).click()
    await page.getByLabel('Your name').fill('Carla Bianchi')
    await page.getByLabel('E-mail').fill(email)
    await page.getByLabel('Password').fill(PASSWORD)
    await page.getByRole('button', { name: 'Create account' }).click()
    await expect(page.getByText('Look into your mail')).toBeVisible()
    await page.goto(linkOf(await newestMail(product, email, 'Confirm your address')))
    await page.getByRole('button', { name: 'Confirm address' }).click()
    await page.getByRole('main').getByRole('link', { name: 'Sign in' }).click()
  })

  await test.step('sign in with password and one-time code', async () => {
    await givePassword(page, email)
    await expect(page.getByRole('heading', { name: 'Confirm that it is you' })).toBeVisible()
    await giveCode(page, codeOf(await newestMail(product, email, 'Your one-time code')))
    await expect(page.getByRole('heading', { name: 'First, a business' })).toBeVisible()
  })

  await test.step('create a business', async () => {
    await page.getByRole('link', { name: 'Create a business' }).click()
    await page.getByLabel('Legal name').fill('Bianchi e Figlie Srl')
    await page.getByRole('button', { name: 'Create business' }).click()
    await expect(page).not.toHaveURL(/\/customers\/new/)
    await page.goto('/accounts')
    await expect(page.getByText('Accounts of Bianchi e Figlie Srl')).toBeVisible()
  })

  await test.step('enrol a passkey', async () => {
    await page.goto('/security')
    await page.getByLabel('Name of the new passkey').fill('My phone')
    await page.getByRole('button', { name: 'Add a passkey' }).click()
    await expect(page.getByText('Passkey added. It can approve at once.')).toBeVisible()
    await newestMail(product, email, 'An authenticator was added')
  })

  await test.step('sign out, and in again with the passkey alone', async () => {
    await signOut(page)
    await page.getByRole('link', { name: 'Sign in again' }).click()
    await page.getByRole('button', { name: 'Use a passkey' }).click()
    await expect(page.getByRole('heading', { level: 1, name: 'Applications' })).toBeVisible()
  })
})

test('an account is made without scripts, the mailed link included', async ({ product, openDevice }) => {
  const email = `plain.${Date.now()}@example.test`
  const page = await openDevice({ javaScriptEnabled: false })
  await page.goto('/sign-up')
  await page.getByLabel('Your name').fill('Carla Bianchi')
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Create account' }).click()
  await expect(page.getByText('Look into your mail')).toBeVisible()
  await page.goto(linkOf(await newestMail(product, email, 'Confirm your address')))
  await page.getByRole('button', { name: 'Confirm address' }).click()
  await page.getByRole('main').getByRole('link', { name: 'Sign in' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Sign in' })).toBeVisible()
})

test('a recovery code stands in for the second factor, once', async ({ page, db, signIn, openDevice }) => {
  const person = await makePerson(db)
  await signIn(page, person)
  await page.goto('/security')
  await page.getByRole('button', { name: 'Make new codes' }).click()
  const codes = page.getByRole('status', { name: 'Your ten recovery codes' }).getByRole('listitem')
  await expect(codes).toHaveCount(10)
  const code = (await codes.first().textContent()) ?? ''

  const device = await openDevice()
  for (const expected of ['accepted', 'refused']) {
    await device.context().clearCookies()
    await device.goto('/sign-in')
    await givePassword(device, person.email)
    await device.getByRole('link', { name: 'Use a recovery code' }).click()
    await giveCode(device, code, 'Recovery code')
    if (expected === 'accepted') await expect(device.getByRole('heading', { name: 'First, a business' })).toBeVisible()
    else
      await expect(device.getByRole('main').getByRole('alert')).toContainText('That code is wrong or was used already')
  }
})

test('an authenticator app becomes the second factor', async ({ page, db, signIn, openDevice }) => {
  const person = await makePerson(db)
  await signIn(page, person)
  await page.goto('/security')
  await page.getByRole('button', { name: 'Set up authenticator app' }).click()
  const key = /Key: (\S+)/.exec((await page.getByText(/^Key: /).textContent()) ?? '')?.[1] ?? ''
  const app = new TOTP({ secret: key })
  await page.getByLabel('One-time code').fill(app.generate())
  await page.getByRole('button', { name: 'Turn on' }).click()
  await expect(page.getByRole('button', { name: 'Remove' })).toBeVisible()

  const device = await openDevice()
  await device.goto('/sign-in')
  await givePassword(device, person.email)
  // The present code has just been used, and none is taken twice.
  await giveCode(device, app.generate({ timestamp: Date.now() + 30_000 }))
  await expect(device.getByRole('heading', { name: 'First, a business' })).toBeVisible()
})

test('five wrong passwords lock the password, with a warning before', async ({ page, db, product }) => {
  const person = await makePerson(db)
  for (let i = 1; i <= 5; i++) {
    await page.goto('/sign-in')
    await givePassword(page, person.email, `not my password ${i}`)
    const words = i === 4 ? 'One more failure locks the password' : 'E-mail or password is wrong'
    await expect(page.getByRole('main').getByRole('alert')).toContainText(words)
  }
  await page.goto('/sign-in')
  await givePassword(page, person.email)
  await expect(page.getByRole('main').getByRole('alert')).toContainText('Too many failures in a row')

  const answer = await fetch(`${product.url}/api/sign-in`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Origin: product.url },
    body: JSON.stringify({ email: person.email, password: PASSWORD }),
  })
  expect(answer.status).toBe(429)
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
})

test('a session that is ended elsewhere is over at its next request', async ({ page, db, signIn, openDevice }) => {
  const person = await makePerson(db)
  await signIn(page, person)
  const other = await openDevice()
  await signIn(other, person)
  await other.goto('/activity')
  await expect(other.getByRole('heading', { name: 'Activity' })).toBeVisible()

  await page.goto('/security')
  await expect(page.getByText('This session')).toHaveCount(1)
  await page.getByRole('button', { name: 'End session', exact: true }).click()
  await expect(page.getByRole('button', { name: 'End session', exact: true })).toHaveCount(0)

  await other.reload()
  await expect(other.getByRole('heading', { name: 'Sign in' })).toBeVisible()
  await page.reload()
  await expect(page.getByText('This session')).toBeVisible()
})

test('what is sensitive asks for a fresh proof in place, and then goes on', async ({ page, db, signIn, product }) => {
  const person = await makePerson(db)
  await signIn(page, person, { provedMinutesAgo: 6 })
  await page.goto('/security')
  await page.getByRole('button', { name: 'Make new codes' }).click()
  const dialog = page.getByRole('dialog', { name: 'Confirm that it is you' })
  await dialog.getByRole('button', { name: 'Send me a code' }).click()
  await expect(dialog.getByText('A code is on its way')).toBeVisible()
  await dialog.getByLabel('One-time code').fill('000000')
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await expect(dialog.getByRole('alert')).toContainText('That code is wrong')
  await dialog.getByLabel('One-time code').fill(codeOf(await newestMail(product, person.email, 'Your one-time code')))
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await expect(page.getByRole('status', { name: 'Your ten recovery codes' })).toBeVisible()
  await expect(dialog).toBeHidden()
})

test('what is sent before scripts run goes on after the proof as well', async ({ page, db, signIn, product }) => {
  const person = await makePerson(db)
  await signIn(page, person, { provedMinutesAgo: 6 })
  const letThrough = await holdScripts(page)
  await page.goto('/security', { waitUntil: 'commit' })
  await page.getByRole('button', { name: 'Make new codes' }).click({ noWaitAfter: true })
  await expect(page.getByRole('link', { name: 'Confirm that it is you' })).toBeVisible()
  letThrough()
  const dialog = page.getByRole('dialog', { name: 'Confirm that it is you' })
  await dialog.getByRole('button', { name: 'Send me a code' }).click()
  await expect(dialog.getByText('A code is on its way')).toBeVisible()
  await dialog.getByLabel('One-time code').fill(codeOf(await newestMail(product, person.email, 'Your one-time code')))
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await expect(page.getByRole('status', { name: 'Your ten recovery codes' })).toBeVisible()
})

test('a pause longer than five minutes closes the secure area and keeps the address', async ({
  page,
  db,
  signIn,
  expectedErrors,
}) => {
  expectedErrors.push(answered(401))
  const person = await makePerson(db)
  await page.goto('/connections')
  await expect(page).toHaveURL(/\/sign-in\?return_to=%2Fconnections/)
  await signIn(page, person)
  await page.goto('/connections')
  await expect(page.getByRole('heading', { name: 'Connections' })).toBeVisible()
  await db.execute(
    sql`update sessions set last_active_at = last_active_at - interval '6 minutes',
      auth_time = auth_time - interval '6 minutes', stepped_up_at = null where person_id = ${person.id}`,
  )
  await page.goto('/connections')
  await expect(page).toHaveURL(/\/sign-in\?return_to=%2Fconnections/)
})
