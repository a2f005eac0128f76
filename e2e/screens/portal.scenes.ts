import { generateKeyPairSync } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { anApplication as anApplicationRow } from '@/db/factories'
import { applicationEnvironments, applications } from '@/db/schema/applications'
import { connections } from '@/db/schema/connections'
import { dispositions } from '@/db/schema/dispositions'
import { newWireId } from '@/lib/core/ids'
import { newHexToken, sha256 } from '@/lib/core/secrets'
import { expect, waitForScripts } from '../fixtures'
import { acceptWithNumber, credentials, openInWallet, readCode, readNumber, showCode } from '../support/connect'
import { giveAuthenticator, makeOwner, makePasskey, makePerson, makeViewer } from '../support/people'
import { scene } from './shoot'

scene('a person who has just arrived', async ({ page, db, signIn, shoot }) => {
  await signIn(page, await makePerson(db, { name: 'Carla Bianchi' }))
  for (const [name, address] of [
    ['applications-nobody', '/applications'],
    ['application-new-nobody', '/applications/new'],
    ['businesses-empty', '/customers'],
    ['business-new', '/customers/new'],
  ] as const) {
    await page.goto(address)
    await shoot(page, `portal-${name}`)
  }
  await page.getByRole('button', { name: 'Create business' }).click()
  await shoot(page, 'portal-business-new-refused')
})

scene('applications', async ({ page, db, signIn, shoot }) => {
  const owner = await makeOwner(db)
  await signIn(page, owner)
  await page.goto('/applications')
  await shoot(page, 'portal-applications-empty')
  await page.goto('/customers')
  await shoot(page, 'portal-businesses')
  for (const name of [
    'Ledgerly',
    'شركة المحاسبة الرقمية للمتاجر الصغيرة',
    'Bilancio: la contabilità che si fa da sola, giorno per giorno, negozio per negozio',
  ]) {
    await anApplicationRow(db, owner.customerId, { name, profile: name === 'Ledgerly' ? 'legacy' : 'standard' })
  }
  const stopped = await anApplicationRow(db, owner.customerId, { name: 'Old till', profile: 'fapi2' })
  await db.update(applications).set({ suspendedAt: new Date() }).where(eq(applications.id, stopped.id))
  await page.goto('/applications')
  await shoot(page, 'portal-applications')
  await page.goto(`/applications/${stopped.id}`)
  await shoot(page, 'portal-application-suspended')
  for (let i = 1; i < 40; i++) await anApplicationRow(db, owner.customerId, { name: `Application ${i}` })
  await page.goto('/applications')
  await shoot(page, 'portal-applications-many')
  await page.goto('/applications/new')
  await shoot(page, 'portal-application-new')
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Bilancio')
  await page.getByLabel('Callback').fill('http://shop.example/back?x=1')
  await page.getByRole('button', { name: 'Register application' }).click()
  await expect(page.getByRole('main').getByRole('alert')).toBeVisible()
  await shoot(page, 'portal-application-new-refused')
})

scene('one application', async ({ page, db, request, signIn, anApplication, shoot }) => {
  const owner = await makeOwner(db)
  const application = await anApplication(owner)
  await signIn(page, owner)
  const base = `/applications/${application.application_id}`
  for (const path of ['', '/credentials', '/callbacks', '/connections', '/settings', '/connect']) {
    await page.goto(`${base}${path}`)
    await shoot(page, `portal-application${path.replace('/', '-')}-fresh`)
  }
  await page.goto(`${base}/credentials`)
  await page.getByRole('button', { name: 'Make application secret' }).click()
  await expect(page.getByRole('textbox', { name: 'Application secret' })).toBeVisible()
  await shoot(page, 'portal-secret-shown')
  await request.post('/oa2/v1/cc/token', {
    data: { grant_type: 'client_credentials', ...credentials(application) },
  })
  await page.goto(`${base}/credentials`)
  await page
    .getByRole('button', { name: /^Revoke/ })
    .first()
    .click()
  await shoot(page, 'portal-secret-revoke')
  await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke secret' }).click()
  await expect(page.getByRole('alertdialog')).toBeHidden()
  await shoot(page, 'portal-credentials')
  await page.goto(`${base}/callbacks`)
  await page.getByLabel('New callback').fill('http://shop.example/')
  await page.getByRole('button', { name: 'Add callback' }).click()
  await expect(page.getByRole('main').getByRole('alert')).toBeVisible()
  await shoot(page, 'portal-callbacks-refused')
  for (const url of [
    'https://shop.example/callback',
    'https://a-rather-long-name-of-a-host.shop.example/with/a/long/path/callback',
  ]) {
    await page.getByLabel('New callback').fill(url)
    await page.getByRole('button', { name: 'Add callback' }).click()
    await expect(page.getByText(url).first()).toBeVisible()
  }
  await shoot(page, 'portal-callbacks')
  const viewer = await makeViewer(db, owner.customerId)
  await signIn(page, viewer)
  for (const path of ['', '/credentials', '/callbacks', '/settings', '/connect']) {
    await page.goto(`${base}${path}`)
    await shoot(page, `portal-application${path.replace('/', '-')}-viewer`)
  }
  await signIn(page, await makeOwner(db))
  await page.goto(base)
  await shoot(page, 'portal-application-foreign')
})

scene('public keys', async ({ page, db, signIn, anApplication, shoot }) => {
  const owner = await makeOwner(db)
  const application = await anApplication(owner, { profile: 'fapi2' })
  const address = `/applications/${application.application_id}/credentials`
  const aKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const field = page.getByLabel('Public key', { exact: true })
  const add = page.getByRole('button', { name: 'Add public key' })
  const addOne = async (kid: string, others?: string) => {
    await field.fill(JSON.stringify(aKey().publicKey.export({ format: 'jwk' })))
    await page.getByLabel('Name in the header').fill(kid)
    if (others) await page.getByLabel('The keys that are live now').selectOption(others)
    await add.click()
    await expect(page.getByText('Added.', { exact: true })).toBeVisible()
    await page.goto(address)
  }
  await signIn(page, owner)
  await page.goto(address)
  await shoot(page, 'portal-public-keys-empty')
  await waitForScripts(field)
  await field.fill(aKey().privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
  await add.click()
  await expect(page.getByText('It has not left your browser.')).toBeVisible()
  await shoot(page, 'portal-public-keys-private')
  await page.goto(address)
  await field.fill('my key')
  await add.click()
  await expect(page.getByText(/neither JSON nor PEM/).first()).toBeVisible()
  await shoot(page, 'portal-public-keys-refused')
  await page.goto(address)
  await addOne('of-the-old-data-center-which-has-quite-a-long-name-in-its-inventory-2026-11')
  await addOne('spring', '7d')
  await addOne('')
  await page.getByText('Get a token with a key').click()
  await shoot(page, 'portal-public-keys')
  await page.getByRole('button', { name: 'Revoke key spring' }).click()
  await shoot(page, 'portal-public-keys-revoke')
  await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke key' }).click()
  await expect(page.getByRole('alertdialog')).toBeHidden()
  await shoot(page, 'portal-public-keys-revoked')
})

scene('an application in production', async ({ page, db, signIn, shoot }) => {
  const owner = await makeOwner(db)
  const { id } = await anApplicationRow(db, owner.customerId, { name: 'Ledgerly', scopes: ['psd2-ais'] })
  await db.insert(applicationEnvironments).values({
    applicationId: id,
    environment: 'production',
    clientId: newHexToken(),
    profile: 'fapi2',
    scopes: ['psd2-ais', 'psd2-pis'],
  })
  await signIn(page, owner)
  for (const path of ['callbacks', 'settings', 'credentials'])
    for (const environment of ['sandbox', 'production']) {
      await page.goto(`/applications/${id}/${path}?environment=${environment}`)
      await shoot(page, `portal-${environment}-${path}`)
    }
  await signIn(page, await makeViewer(db, owner.customerId))
  await page.goto(`/applications/${id}/settings?environment=production`)
  await shoot(page, 'portal-production-settings-viewer')
})

scene('a self-connection, step by step', async ({ page, db, signIn, openDevice, anApplication, shoot }) => {
  const owner = await makeOwner(db)
  const application = await anApplication(owner)
  await signIn(page, owner)
  const phone = await openDevice()
  await giveAuthenticator(phone, await makePasskey(db, owner))
  await signIn(phone, owner)
  const stranger = await openDevice()
  await signIn(stranger, await makePerson(db))

  const deeplink = await showCode(page, application)
  await shoot(page, 'portal-connect-code')
  await page.getByRole('button', { name: 'Send to my device' }).click()
  await stranger.goto(deeplink)
  await expect(page.getByText('Somebody else tried')).toBeVisible()
  await shoot(page, 'portal-connect-second-importer')
  await openInWallet(phone, deeplink)
  const number = await readNumber(page)
  await shoot(page, 'portal-connect-number')
  await acceptWithNumber(phone, number)
  await readCode(page)
  await shoot(page, 'portal-connect-granted')
  await page.getByRole('button', { name: 'I have stored it' }).click()
  await shoot(page, 'portal-connect-stored')
  await page.reload()
  await expect(page.getByText('has been shown before')).toBeVisible()
  await shoot(page, 'portal-connect-shown-before')

  for (const ending of ['refused', 'cancelled', 'expired'] as const) {
    const link = await showCode(page, application)
    const id = new URL(page.url()).pathname.split('/').at(-1) ?? ''
    if (ending === 'refused') {
      await openInWallet(phone, link)
      await phone.getByRole('button', { name: 'Refuse' }).click()
    }
    if (ending === 'cancelled') await page.getByRole('button', { name: 'Cancel this request' }).click()
    if (ending === 'expired')
      await db
        .update(dispositions)
        .set({ importUntil: new Date(0) })
        .where(eq(dispositions.id, id))
    await expect(page.getByRole('link', { name: 'Start again' })).toBeVisible()
    await shoot(page, `portal-connect-${ending}`)
  }
  await page.goto(`/applications/${application.application_id}`)
  await shoot(page, 'portal-application')
  for (let i = 0; i < 30; i++) {
    await db.insert(connections).values({
      id: newWireId('connection'),
      applicationId: application.application_id,
      environment: 'sandbox',
      reference: i % 3 ? `Customer ${i}` : null,
      accountId: owner.account.id,
      customerId: owner.customerId,
      grantedAt: new Date(Date.now() - i * 7_200_000),
      revokedAt: i % 4 ? null : new Date(),
      codeHash: sha256(newHexToken()),
      codeHint: 'abcd',
    })
  }
  await page.goto(`/applications/${application.application_id}/connections`)
  await shoot(page, 'portal-application-connections')
  await page.goto('/connections')
  await shoot(page, 'secure-connections-many')
})

scene(
  'secrets and keys that are rotated',
  async ({ page, db, request, signIn, anApplication, shoot, expectedErrors }) => {
    expectedErrors.push(/ERR_FAILED|Failed to fetch|fetch failed/)
    const owner = await makeOwner(db)
    const application = await anApplication(owner)
    const address = `/applications/${application.application_id}/credentials`
    const open = async (name: RegExp | string) => {
      await page.getByRole('button', { name }).first().click()
      await expect(page.getByRole('alertdialog')).toBeVisible()
    }
    const close = () => page.keyboard.press('Escape')
    await signIn(page, owner)
    for (let n = 0; n < 3; n++) {
      await request.post('/oa2/v1/cc/token', {
        data: { grant_type: 'client_credentials', ...credentials(application) },
      })
    }
    // Uses are written once a second.
    await expect(async () => {
      await page.goto(address)
      await expect(page.getByText('3 times in 24 hours').first()).toBeVisible({ timeout: 500 })
    }).toPass()
    await shoot(page, 'portal-credentials-used')
    await open('Rotate secret')
    await shoot(page, 'portal-secret-rotate')
    await page.getByRole('alertdialog').getByRole('button', { name: 'Rotate secret' }).click()
    await expect(page.getByRole('textbox', { name: 'Application secret' })).toBeVisible()
    await shoot(page, 'portal-secret-rotated')
    await page.getByRole('button', { name: 'I have stored it' }).click()
    await shoot(page, 'portal-credentials-rotating')
    await open(/^End once unused/)
    await shoot(page, 'portal-secret-retire')
    await close()
    await open(/^Put off the end/)
    await shoot(page, 'portal-secret-put-off')
    await close()
    await open(/^End now/)
    await shoot(page, 'portal-secret-end')
    await page.getByRole('alertdialog').getByRole('button', { name: 'End secret' }).click()
    await expect(page.getByText('A rotation is under way')).toHaveCount(0)
    await open('Rotate keys')
    await shoot(page, 'portal-keys-rotate')
    await page.getByRole('alertdialog').getByRole('button', { name: 'Rotate keys' }).click()
    await expect(page.getByRole('alertdialog')).toBeHidden()
    await shoot(page, 'portal-keys-rotating')
    for (let n = 2; n <= 5; n++) {
      await page.getByRole('button', { name: 'Make application secret' }).click()
      await page.getByRole('button', { name: 'I have stored it' }).click()
      await expect(page.getByText(`${n} of 5 live.`)).toBeVisible()
    }
    await shoot(page, 'portal-credentials-no-room')
    await page.route(/\/credentials$/, (route) =>
      route.request().method() === 'POST' ? route.abort() : route.continue(),
    )
    await open('Rotate secret')
    await page.getByRole('alertdialog').getByRole('button', { name: 'Rotate secret' }).click()
    await expect(page.getByText('We did not get the answer')).toBeVisible()
    await shoot(page, 'portal-credentials-lost-answer')
  },
)
