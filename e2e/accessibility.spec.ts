import type { Page } from '@playwright/test'
import { DESKTOP, PHONE } from '../playwright.config'
import { answered, expect, expectFocusAround, expectNoSidewaysScroll, expectNoViolationsAnyhow, test } from './fixtures'
import { PAGES_OF_APPLICATION } from './support/addresses'
import { numberOn, showCode } from './support/connect'
import { giveAuthenticator, makeOwner, makePasskey, makePerson } from './support/people'

const PUBLIC = [
  '/',
  '/sign-in',
  '/sign-up',
  '/recover',
  '/reset-password',
  '/confirm-email',
  '/invitations',
  '/sign-out',
  '/dev/mailbox',
  '/nowhere',
  '/consent/arq_00000000000000000000',
  '/wallet/offline',
  '/wallet/d',
]
const SIGNED_IN = [
  '/applications',
  '/applications/new',
  '/customers',
  '/customers/new',
  '/accounts',
  '/connections',
  '/connections?show=revoked',
  '/consents',
  '/consents?show=ended',
  '/security',
  '/activity',
  '/sign-out',
  '/step-up',
  '/wallet',
  '/wallet/scan',
]
/** Those of them that look otherwise once there is something. */
const WITH_THINGS = ['/applications', '/customers', '/accounts', '/connections', '/security', '/activity', '/wallet']
/** Opened once and looked at in every way: loading a page costs as much as all the rest. */
async function expectAccessible(page: Page, address: string): Promise<void> {
  await page.goto(address)
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await expectNoViolationsAnyhow(page)
  // At twice the zoom a window has half as many CSS pixels; 320 is the narrowest that WCAG 1.4.10 asks for.
  for (const viewport of [
    { width: DESKTOP.width / 2, height: DESKTOP.height / 2 },
    { width: 320, height: PHONE.height / 2 },
  ]) {
    await page.setViewportSize(viewport)
    await expectNoSidewaysScroll(page)
  }
  await page.setViewportSize(DESKTOP)
}

test('nothing is wrong with the pages that are open to everybody', async ({ page, expectedErrors }) => {
  test.slow()
  expectedErrors.push(answered(404), /camera/)
  for (const address of PUBLIC) await expectAccessible(page, address)
})

test('nothing is wrong with the pages of a person who has nothing yet', async ({
  page,
  db,
  signIn,
  expectedErrors,
}) => {
  test.slow()
  expectedErrors.push(answered(404))
  await signIn(page, await makePerson(db))
  for (const address of SIGNED_IN) await expectAccessible(page, address)
})

test('nothing is wrong with the pages of an application and its owner, with long names and foreign scripts', async ({
  page,
  db,
  signIn,
  anApplication,
  expectedErrors,
}) => {
  test.slow()
  expectedErrors.push(answered(404))
  const owner = await makeOwner(db, {
    name: 'Wolfeschlegelsteinhausenbergerdorff Hubert Blaine Adolph Charles David Earl Fre',
    customerName: 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft',
  })
  const application = await anApplication(owner, {
    name: 'شركة المحاسبة الرقمية للمتاجر الصغيرة والمتوسطة في المنطقة كلها',
  })
  await signIn(page, owner)
  for (const path of PAGES_OF_APPLICATION)
    await expectAccessible(page, `/applications/${application.application_id}${path}`)
  for (const address of WITH_THINGS) await expectAccessible(page, address)
})

test('nothing is wrong with any state of a connection', async ({ page, db, signIn, openDevice, anApplication }) => {
  test.slow()
  const owner = await makeOwner(db)
  const application = await anApplication(owner)
  await signIn(page, owner)
  const phone = await openDevice()
  await giveAuthenticator(phone, await makePasskey(db, owner))
  await signIn(phone, owner)

  await showCode(page, application)
  await expectNoViolationsAnyhow(page)
  await phone.goto((await page.getByRole('link', { name: 'Open on this device' }).getAttribute('href')) ?? '')
  await expect(phone.getByText('It will be able to')).toBeVisible()
  await expectNoViolationsAnyhow(phone)
  await expect(numberOn(page)).toHaveText(/^\d\d$/)
  await expectNoViolationsAnyhow(page)
  await phone.getByLabel('Two-digit number').fill((await numberOn(page).textContent()) ?? '')
  await phone.getByRole('button', { name: 'Accept' }).click()
  await expect(phone.getByRole('heading', { name: 'Accepted' })).toBeVisible()
  await expectNoViolationsAnyhow(phone)
  await expect(page.getByRole('textbox', { name: 'Connection code' })).toBeVisible()
  await expectNoViolationsAnyhow(page)
  await page.goto('/connections')
  await expectNoViolationsAnyhow(page)
  await page.getByRole('link', { name: 'Ledgerly' }).click()
  await expect(page.getByRole('heading', { name: 'History' })).toBeVisible()
  await expectNoViolationsAnyhow(page)
  await page.getByRole('button', { name: 'Revoke connection' }).click()
  await expectNoViolationsAnyhow(page)
})

test('the connection can be made with the keyboard alone', async ({ page, db, signIn, openDevice, anApplication }) => {
  const owner = await makeOwner(db)
  const application = await anApplication(owner)
  await signIn(page, owner)
  const phone = await openDevice({ viewport: { width: 1280, height: 800 } })
  await giveAuthenticator(phone, await makePasskey(db, owner))
  await signIn(phone, owner)

  await page.goto(`/applications/${application.application_id}/connect`)
  await page.keyboard.press('Tab')
  await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused()
  await page.keyboard.press('Enter')
  await tabTo(page, 'Show the code')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('img', { name: /QR code/ })).toBeVisible()
  const link = page.getByRole('link', { name: 'Open on this device' })
  await tabTo(page, 'Open on this device')
  await phone.goto((await link.getAttribute('href')) ?? '')

  await expect(phone.getByRole('button', { name: 'Refuse' })).toBeFocused()
  await expect(phone.getByText('It will be able to')).toBeVisible()
  await expect(numberOn(page)).toHaveText(/^\d\d$/)
  const number = (await numberOn(page).textContent()) ?? ''
  await tabTo(phone, 'Two-digit number', 'Shift+Tab')
  await phone.keyboard.type(number)
  await phone.keyboard.press('Enter')
  await expect(phone.getByText('The number matches.')).toBeVisible()
  await tabTo(phone, 'Accept')
  await phone.keyboard.press('Enter')
  await expect(phone.getByRole('heading', { name: 'Accepted' })).toBeVisible()
  const code = page.getByRole('textbox', { name: 'Connection code' })
  await expect(code).toBeVisible()
  await expectFocusAround(code)
  await page.keyboard.press('Tab')
  await expect(code).toBeFocused()
})

test('every page of the owner speaks Italian when they do', async ({ page, db, signIn }) => {
  await signIn(page, await makeOwner(db, { locale: 'it' }))
  for (const [address, title] of [
    ['/connections', 'Collegamenti'],
    ['/security', 'Sicurezza'],
    ['/wallet', 'Wallet'],
  ] as const) {
    await page.goto(address)
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(title)
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('it')
    for (const viewport of [PHONE, DESKTOP]) {
      await page.setViewportSize(viewport)
      await expectNoSidewaysScroll(page)
    }
  }
})

/** Goes on with Tab until that is in focus; fails if it cannot be reached. */
async function tabTo(page: Page, name: string, key = 'Tab'): Promise<void> {
  for (let i = 0; i < 60; i++) {
    const focused = await page.evaluate(() => {
      const element = document.activeElement
      const labels =
        element instanceof HTMLInputElement ? [...(element.labels ?? [])].map((label) => label.textContent) : []
      return [element?.textContent, element?.getAttribute('aria-label'), ...labels].map((words) => words?.trim())
    })
    if (focused.includes(name)) return
    await page.keyboard.press(key)
  }
  throw new Error(`the keyboard does not reach "${name}" on ${page.url()}`)
}
