import type { Page } from '@playwright/test'
import { sql } from 'drizzle-orm'
import { codeOf, expect, newestMail, test } from './fixtures'
import { acceptWithNumber, openInWallet, readCode, readNumber, showCode } from './support/connect'
import { journey } from './support/desk'
import { giveCode, givePassword, makeOwner, type Person } from './support/people'

type Database = { execute(query: ReturnType<typeof sql>): Promise<unknown> }

/** As if nobody had touched any page for so long. */
async function pause(db: Database, person: Person, minutes: number): Promise<void> {
  const past = sql.raw(`interval '${minutes} minutes'`)
  await db.execute(
    sql`update sessions set last_active_at = last_active_at - ${past}, auth_time = auth_time - ${past},
      stepped_up_at = null where person_id = ${person.id}`,
  )
}

async function signInAgain(page: Page, product: { url: string }, person: Person): Promise<void> {
  await expect(page.getByText('You have been signed out meanwhile')).toBeVisible()
  await givePassword(page, person.email)
  await expect(page.getByRole('heading', { name: 'Confirm that it is you' })).toBeVisible()
  await giveCode(page, codeOf(await newestMail(product, person.email, 'Your one-time code')))
}

/** A slow line, by which everything that the page asks for takes at least half a second. */
async function slowDown(page: Page): Promise<void> {
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('Network.enable')
  await cdp.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 500,
    downloadThroughput: 120_000,
    uploadThroughput: 30_000,
  })
}

test('a form that is sent after a pause leads to the sign-in and back, with what was typed', async ({
  page,
  db,
  product,
  signIn,
}) => {
  const owner = await makeOwner(db)
  await signIn(page, owner)
  await page.goto('/applications/new')
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Bilancio')
  await page.getByLabel('Description').fill('Reads what you ask it to.')
  await page.getByRole('radio', { name: /^FAPI 2\.0/ }).check()
  await pause(db, owner, 31)
  await page.getByRole('button', { name: 'Register application' }).click()
  await expect(page).toHaveURL(/\/sign-in\?return_to=%2Fapplications%2Fnew/)

  await signInAgain(page, product, owner)
  await expect(page).toHaveURL(/\/applications\/new$/)
  await expect(page.getByText('What you typed is here again')).toBeVisible()
  await expect(page.getByRole('textbox', { name: 'Name', exact: true })).toHaveValue('Bilancio')
  await expect(page.getByLabel('Description')).toHaveValue('Reads what you ask it to.')
  await expect(page.getByRole('radio', { name: /^FAPI 2\.0/ })).toBeChecked()
  await page.getByRole('button', { name: 'Register application' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Bilancio' })).toBeVisible()

  await page.goto('/applications/new')
  await expect(page.getByRole('textbox', { name: 'Name', exact: true })).toHaveValue('')
  const [row] = await db.execute(
    sql`select count(*)::int as n from applications where customer_id = ${owner.customerId}`,
  )
  expect(row).toEqual({ n: 1 })
})

journey(
  'an approval that is paused asks for the sign-in and goes on where it was',
  async ({ page, db, signIn, expectedErrors, desk }) => {
    expectedErrors.push(/status of 401/)
    const { application, phone, owner } = desk
    // The phone is signed in apart from the desk: a pause there ends nothing here.
    await signIn(phone, owner)
    await openInWallet(phone, await showCode(page, application))
    const address = phone.url()
    await expect(phone.getByText('It will be able to')).toBeVisible()
    await phone.getByLabel('Two-digit number').fill(await readNumber(page))
    await pause(db, owner, 6)
    await phone.getByRole('button', { name: 'Accept' }).click()
    await expect(phone).toHaveURL(/\/sign-in\?return_to=%2Fwallet%2Foperations%2Fdsp_/)

    // With a passkey, as who has one does.
    await expect(phone.getByText('You have been signed out meanwhile')).toBeVisible()
    await phone.getByRole('button', { name: 'Use a passkey' }).click()
    await expect(phone).toHaveURL(address)
    await signIn(page, owner)
    await page.reload()
    await acceptWithNumber(phone, await readNumber(page))
    await readCode(page)
  },
)

journey('of two tabs with one approval either may accept, and both show the end', async ({ page, signIn, desk }) => {
  const { application, phone, owner } = desk
  await signIn(phone, owner)
  await openInWallet(phone, await showCode(page, application))
  const second = await phone.context().newPage()
  await second.goto(phone.url())
  await expect(second.getByText('It will be able to')).toBeVisible()
  // What is signed is fixed for the tab that read it last; the other is told, reads it anew, and goes on.
  await phone.getByLabel('Two-digit number').fill(await readNumber(page))
  await phone.getByRole('button', { name: 'Accept' }).click()
  await expect(phone.getByText('Read it again and accept again')).toBeVisible()
  await phone.getByRole('button', { name: 'Accept' }).click()
  await expect(phone.getByRole('heading', { name: 'Accepted' })).toBeVisible()
  await expect(second.getByRole('heading', { name: 'Accepted' })).toBeVisible()
  await expect(second.getByRole('button', { name: 'Refuse' })).toHaveCount(0)
  await readCode(page)

  await phone.goBack()
  await phone.goForward()
  await expect(phone.getByRole('heading', { name: 'Accepted' })).toBeVisible()
})

journey('on a slow line every press says that it works, and counts once', async ({ page, db, signIn, desk }) => {
  test.slow()
  const { application, phone, owner } = desk
  await signIn(phone, owner)
  await page.goto(`/applications/${application.application_id}/connect`)
  await slowDown(page)
  const show = page.getByRole('button', { name: 'Show the code' })
  await show.dblclick()
  await expect(page.locator('[aria-busy=true]').first()).toBeVisible()
  await expect(page.getByRole('img', { name: /QR code/ })).toBeVisible({ timeout: 30_000 })
  const deeplink = (await page.getByRole('link', { name: 'Open on this device' }).getAttribute('href')) ?? ''

  await slowDown(phone)
  await phone.goto(deeplink)
  await expect(phone.getByRole('button', { name: 'Refuse' })).toBeVisible({ timeout: 30_000 })
  await expect(phone.getByText('It will be able to')).toBeVisible({ timeout: 30_000 })
  await phone.getByLabel('Two-digit number').fill(await readNumber(page))
  await phone.getByRole('button', { name: 'Accept' }).dblclick()
  await expect(phone.getByRole('heading', { name: 'Accepted' })).toBeVisible({ timeout: 30_000 })
  await readCode(page)
  const [row] = await db.execute<{ requested: number; granted: number }>(sql`
    select count(*)::int as requested, count(granted_at)::int as granted from connections
    where application_id = ${application.application_id}`)
  expect(row).toEqual({ requested: 1, granted: 1 })
})

test('the language can be chosen before signing in, with scripts and without', async ({ page, openDevice }) => {
  await page.goto('/sign-in')
  await page.getByLabel('E-mail').fill('giulia@example.test')
  await page.getByRole('button', { name: 'Italiano' }).click()
  await expect(page.getByRole('heading', { name: 'Accedi' })).toBeVisible()
  await expect(page.locator('html')).toHaveAttribute('lang', 'it')
  await expect(page.getByRole('textbox', { name: 'E-mail' })).toHaveValue('giulia@example.test')

  const plain = await openDevice({ javaScriptEnabled: false })
  for (const path of ['/', '/sign-up', '/recover']) {
    await plain.goto(path)
    await plain.getByRole('button', { name: path === '/' ? 'Italiano' : 'English' }).click()
    await expect(plain.locator('html')).toHaveAttribute('lang', path === '/' ? 'it' : 'en')
    if (path === '/sign-up') await plain.getByRole('button', { name: 'Italiano' }).click()
  }
})

test('without scripts a dangerous act that wants a fresh proof leads to where it is given', async ({
  db,
  signIn,
  openDevice,
  anApplication,
}) => {
  const owner = await makeOwner(db)
  const application = await anApplication(owner, { callback: 'https://ledgerly.example/back' })
  const page = await openDevice({ javaScriptEnabled: false })
  await signIn(page, owner, { provedMinutesAgo: 6 })
  await page.goto(`/applications/${application.application_id}/callbacks`)
  await page.getByRole('button', { name: /^Remove/ }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove callback' }).click()
  const dialog = page.getByRole('alertdialog')
  await expect(dialog).toBeVisible()
  await dialog.getByRole('link').click()
  await expect(page).toHaveURL(/\/step-up\?return_to=%2Fapplications%2Fapp_/)
  await expect(page.getByRole('heading', { name: 'Confirm that it is you' })).toBeVisible()
})
