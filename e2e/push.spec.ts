import type { Page } from '@playwright/test'
import { pushSubscriptions } from '@/db/schema/people'
import { newId } from '@/lib/core/ids'
import { TestPushService } from '@/lib/push/testing'
import { expect, test } from './fixtures'
import { acceptWithNumber, readCode, readNumber, showCode } from './support/connect'
import { giveAuthenticator, makeOwner, makePasskey, makePerson } from './support/people'

/** The wallet's worker, once it runs. */
async function startWorker(page: Page) {
  const session = await page.context().newCDPSession(page)
  const found = new Promise<string>((resolve) => {
    session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const wallet = registrations.find(({ scopeURL }) => new URL(scopeURL).pathname === '/wallet')
      if (wallet) resolve(wallet.registrationId)
    })
  })
  await page.goto('/wallet/offline')
  await page.waitForFunction(async () => (await navigator.serviceWorker.ready).active?.state === 'activated')
  await session.send('ServiceWorker.enable')
  const registrationId = await found
  const { origin } = new URL(page.url())
  return (data: string) => session.send('ServiceWorker.deliverPushMessage', { origin, registrationId, data })
}

/**
 * A way to hand the worker what a push service would. The browser loses without a word what comes before it has written the
 * worker down: a first message is repeated until it shows, and taken away.
 */
async function openPushRoad(page: Page) {
  const deliver = await startWorker(page)
  const first = JSON.stringify({ kind: 'security', locale: 'en', url: new URL('/security', page.url()).href })
  await expect(async () => {
    await deliver(first)
    await expect.poll(async () => (await shownNotifications(page)).length, { timeout: 5000 }).toBe(1)
  }).toPass()
  await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready
    for (const notification of await registration.getNotifications()) notification.close()
  })
  await expect.poll(() => shownNotifications(page)).toEqual([])
  return deliver
}

function shownNotifications(page: Page) {
  return page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready
    const shown = await registration.getNotifications()
    return shown.map(({ title, body, data }) => ({ title, body, url: data.url as string }))
  })
}

test('"Send to my device" reaches the phone as a notification that leads to the request', { tag: '@phone' }, async ({
  page,
  product,
  db,
  signIn,
  openDevice,
  anApplication,
}) => {
  const owner = await makeOwner(db)
  const passkey = await makePasskey(db, owner)
  const service = new TestPushService()
  await service.listen(product.pushPort)
  const { endpoint, keys } = service.subscription(`/${owner.id}`)
  await db
    .insert(pushSubscriptions)
    .values({ id: newId('pushSubscription'), personId: owner.id, endpoint, ...keys, userAgent: 'Phone' })
  await signIn(page, owner)
  const deeplink = await showCode(page, await anApplication(owner))

  await page.getByRole('button', { name: 'Send to my device' }).click()
  await expect(page.getByText('Sent to your device.')).toBeVisible()
  const message = service.decrypt((await service.nextPush(`/${owner.id}`)).body)
  await service.close()
  expect(JSON.parse(message)).toEqual({ kind: 'disposition', locale: 'en', url: deeplink })

  const phone = await openDevice({ permissions: ['notifications'] })
  await giveAuthenticator(phone, passkey)
  await signIn(phone, owner)
  const deliver = await openPushRoad(phone)
  // Chromium's own tool loses one now and then; a push service would send it again.
  await expect(async () => {
    await deliver(message)
    await expect
      .poll(() => shownNotifications(phone), { timeout: 4000 })
      .toContainEqual({ title: 'A request is waiting for you', body: 'Tap to read it and decide.', url: deeplink })
  }).toPass()
  await phone.goto(deeplink)
  await acceptWithNumber(phone, await readNumber(page))
  await readCode(page)
})

test('who has no device subscribed is told so on the page', async ({ page, db, signIn, anApplication }) => {
  const owner = await makeOwner(db)
  await signIn(page, owner)
  await showCode(page, await anApplication(owner))
  await expect(page.getByText('None of your devices receives notifications yet')).toBeVisible()
})

test('a message that leads out of the wallet, or is none, is not shown; another is, in its own language', async ({
  openDevice,
  product,
}) => {
  const phone = await openDevice({ permissions: ['notifications'] })
  const deliver = await openPushRoad(phone)
  const url = `${product.url}/wallet/d#last`
  await deliver(JSON.stringify({ kind: 'disposition', locale: 'en', url: 'https://elsewhere.example/wallet/d#x' }))
  await deliver(JSON.stringify({ kind: 'disposition', locale: 'en', url: `${product.url}/sign-out` }))
  await deliver(JSON.stringify({ kind: 'security', locale: 'en', url }))
  await deliver(JSON.stringify({ kind: 'constructor', locale: 'en', url }))
  await deliver('nonsense')
  // The worker takes messages in order: once this one shows, the others have been dropped.
  await expect(async () => {
    await deliver(JSON.stringify({ kind: 'disposition', locale: 'it', url }))
    await expect
      .poll(() => shownNotifications(phone), { timeout: 4000 })
      .toEqual([{ title: 'Una richiesta ti aspetta', body: 'Tocca per leggerla e decidere.', url }])
  }).toPass()

  const connection = `${product.url}/connections/CON0123456789`
  await deliver(JSON.stringify({ kind: 'security', locale: 'it', url: `${product.url}/security` }))
  await deliver(JSON.stringify({ kind: 'connection', locale: 'it', url: connection }))
  await expect
    .poll(async () => (await shownNotifications(phone)).map(({ title }) => title).sort())
    .toEqual(['Il tuo accesso è cambiato', 'Un collegamento è cambiato', 'Una richiesta ti aspetta'].sort())
})

test('without a network the wallet says so, and has kept no page of the person', async ({
  db,
  signIn,
  openDevice,
  expectedErrors,
}) => {
  expectedErrors.push(/ERR_INTERNET_DISCONNECTED/)
  const phone = await openDevice()
  await startWorker(phone)
  await signIn(phone, await makePerson(db))
  await phone.goto('/wallet')
  await expect(phone.getByRole('heading', { name: 'Wallet' })).toBeVisible()
  const kept = await phone.evaluate(async () => {
    const names = await caches.keys()
    const keys = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()))
    return keys.flat().map((request) => new URL(request.url).pathname)
  })
  expect(kept.filter((path) => !path.startsWith('/_next/static/')).sort()).toEqual([
    '/icons/192.png',
    '/wallet/offline',
  ])

  await phone.context().setOffline(true)
  await phone.goto('/wallet/scan')
  await expect(phone.getByRole('heading', { name: 'You are offline' })).toBeVisible()
})

type Icon = { src: string; sizes: string; type: string; purpose?: string }

test('the wallet can be installed: its manifest and icons are sound, and the browser objects to nothing', async ({
  page,
}) => {
  await page.goto('/wallet/offline')
  await page.waitForFunction(async () => (await navigator.serviceWorker.ready).active?.state === 'activated')
  const session = await page.context().newCDPSession(page)
  const { url, errors, data } = await session.send('Page.getAppManifest')
  expect([new URL(url).pathname, errors]).toEqual(['/wallet/manifest.webmanifest', []])
  const manifest = JSON.parse(data ?? '') as { start_url: string; scope: string; display: string; icons: Icon[] }
  expect(manifest).toMatchObject({ start_url: '/wallet', scope: '/wallet', display: 'standalone' })
  expect(manifest.icons.some(({ sizes }) => sizes === '192x192')).toBe(true)
  expect(manifest.icons.map(({ purpose }) => purpose)).toContain('maskable')
  for (const icon of manifest.icons) {
    const size = await page.evaluate(async (src) => {
      const image = new Image()
      image.src = src
      await image.decode()
      return `${image.naturalWidth}x${image.naturalHeight}`
    }, icon.src)
    expect([icon.type, size]).toEqual(['image/png', icon.sizes])
  }
  const { installabilityErrors } = await session.send('Page.getInstallabilityErrors')
  // Every browser of these tests is a private window, which installs nothing.
  const objections = installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== 'in-incognito')
  expect(objections).toEqual([])
})
