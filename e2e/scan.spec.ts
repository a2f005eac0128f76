import { type Browser, chromium, type Page } from '@playwright/test'
import { executablePath, LAUNCH_ARGUMENTS, PHONE } from '../playwright.config'
import { expect, expectNoViolationsAnyhow, test } from './fixtures'
import { acceptWithNumber, openInWallet, readCode, readNumber, showCode } from './support/connect'
import { cameraArguments, writeCameraFilm } from './support/fake-camera'
import { giveAuthenticator, makeOwner, makePasskey, makePerson } from './support/people'

let phoneBrowser: Browser | null = null
test.afterEach(() => phoneBrowser?.close())

/** A browser of its own, because what its camera sees is chosen at its start. */
async function openPhone(url: string, picture: Buffer): Promise<Page> {
  const film = test.info().outputPath('camera.y4m')
  await writeCameraFilm(picture, film)
  phoneBrowser = await chromium.launch({ executablePath, args: [...LAUNCH_ARGUMENTS, ...cameraArguments(film)] })
  const context = await phoneBrowser.newContext({
    baseURL: url,
    locale: 'en-US',
    viewport: PHONE,
    permissions: ['camera'],
  })
  return context.newPage()
}

async function openScanner(phone: Page): Promise<void> {
  await phone.goto('/wallet')
  await phone.getByRole('link', { name: 'Scan QR code' }).click()
}

test('the camera reads the code that the portal drew, and the connection is granted with number and passkey', {
  tag: '@phone',
}, async ({ page, product, db, signIn, anApplication }) => {
  const owner = await makeOwner(db)
  const passkey = await makePasskey(db, owner)
  await signIn(page, owner)
  await showCode(page, await anApplication(owner))
  const phone = await openPhone(product.url, await page.getByRole('img', { name: /QR code/ }).screenshot())
  await giveAuthenticator(phone, passkey)
  await signIn(phone, owner)

  await openScanner(phone)
  await phone.waitForURL(/\/wallet\/operations\/dsp_[^#]+$/)
  await expect(phone.getByRole('heading', { name: /Ledgerly asks for your approval/ })).toBeVisible()
  await acceptWithNumber(phone, await readNumber(page))
  await readCode(page)
})

test('a picture without a code is searched on, and a link into another wallet is told apart', async ({
  page,
  product,
  db,
  signIn,
}) => {
  const person = await makePerson(db)
  await signIn(page, person)
  await page.goto('/wallet/offline')
  const picture = await page.screenshot()
  const phone = await openPhone(product.url, picture)
  await signIn(phone, person)

  await openScanner(phone)
  await expect(phone.getByText('Looking for a code…')).toBeVisible()
  await expectNoViolationsAnyhow(phone)
  await phone.getByText('No way to scan?').click()
  const link = phone.getByLabel('Link of the request')
  for (const wrong of ['hello', `https://elsewhere.example/wallet/d#${'a'.repeat(43)}`, `${product.url}/wallet/d`]) {
    await link.fill(wrong)
    await phone.getByRole('button', { name: 'Open link' }).click()
    await expect(link).toHaveAccessibleDescription(/not a Countersign code/)
  }
})

test('who may not use the camera is told, and gets on with the link', async ({
  page,
  db,
  signIn,
  openDevice,
  anApplication,
}) => {
  const owner = await makeOwner(db)
  await signIn(page, owner)
  const deeplink = await showCode(page, await anApplication(owner))
  const phone = await openDevice({ permissions: [] })
  await signIn(phone, owner)

  await openScanner(phone)
  await expect(phone.getByText(/^(No camera found|The camera is blocked)$/)).toBeVisible()
  await expectNoViolationsAnyhow(phone)
  await phone.getByLabel('Link of the request').fill(deeplink)
  await phone.getByRole('button', { name: 'Open link' }).click()
  await expect(phone.getByRole('heading', { name: /Ledgerly asks for your approval/ })).toBeVisible()
})

test('what waits for a decision is on the home of the wallet', async ({
  page,
  db,
  signIn,
  openDevice,
  anApplication,
}) => {
  const owner = await makeOwner(db)
  await makePasskey(db, owner)
  await signIn(page, owner)
  const deeplink = await showCode(page, await anApplication(owner))
  const phone = await openDevice()
  await signIn(phone, owner)
  await openInWallet(phone, deeplink)

  await phone.goto('/wallet')
  await phone.getByRole('link', { name: 'Read and decide' }).click()
  await phone.getByRole('button', { name: 'Refuse' }).click()
  await expect(phone.getByRole('heading', { name: 'Refused' })).toBeVisible()
  await phone.getByRole('link', { name: 'Back to the wallet' }).click()
  await expect(phone.getByText('Nothing is waiting for you')).toBeVisible()
})
