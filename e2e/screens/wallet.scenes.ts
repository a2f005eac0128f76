import { eq } from 'drizzle-orm'
import { anAccount } from '@/db/factories'
import { customers } from '@/db/schema/customers'
import { dispositions } from '@/db/schema/dispositions'
import { expect } from '../fixtures'
import { credentials, openInWallet, showCode } from '../support/connect'
import { giveAuthenticator, makeOwner, makePasskey, makePerson } from '../support/people'
import { scene } from './shoot'

scene('the wallet', async ({ page, db, request, signIn, anApplication, shoot }) => {
  const shop = await makeOwner(db, { customerName: 'Lantern Books Srl' })
  const application = await anApplication(shop, { callback: 'https://shop.example/back' })
  const answer = await request.post('/oa2/v1/cc/token', {
    data: { grant_type: 'client_credentials', ...credentials(application) },
  })
  const { access_token } = (await answer.json()) as { access_token: string }
  const ask = async (data: Record<string, unknown>) => {
    const asked = await request.post('/oa2/v1/connection', {
      headers: { Authorization: `Bearer ${access_token}` },
      data,
    })
    return (await asked.json()) as { id: string; deeplink: string }
  }

  const payer = await makeOwner(db, { name: 'Paulius Jonaitis', customerName: 'Jonaitis UAB' })
  await signIn(page, payer)
  await page.goto('/wallet')
  await expect(page.getByRole('heading', { name: 'Notifications' })).toBeVisible()
  await shoot(page, 'wallet-home')
  await page.goto('/wallet/scan')
  await expect(page.getByRole('button', { name: 'Try again' })).toBeVisible()
  await shoot(page, 'wallet-scan-no-camera')

  await openInWallet(page, (await ask({})).deeplink)
  await expect(page.getByText('You need a passkey to accept')).toBeVisible()
  await shoot(page, 'wallet-no-passkey')
  const passkey = await makePasskey(db, payer)
  await giveAuthenticator(page, passkey)
  await page.goto('/wallet')
  await shoot(page, 'wallet-home-pending')

  await openInWallet(page, (await ask({ reference: 'Bookkeeping of the year 2026', confirm_number: true })).deeplink)
  await expect(page.getByText('It will be able to')).toBeVisible()
  await shoot(page, 'wallet-approval')
  await page.getByRole('button', { name: 'Accept' }).click()
  await expect(page.getByText('Enter the two digits').first()).toBeVisible()
  await shoot(page, 'wallet-approval-number-missing')
  await page.getByRole('button', { name: 'Report phishing' }).click()
  await shoot(page, 'wallet-phishing')
  await page.getByRole('button', { name: 'Report and refuse' }).click()
  await expect(page.getByRole('heading', { name: 'Reported and refused' })).toBeVisible()
  await shoot(page, 'wallet-reported')

  await db.update(customers).set({ nameVerifiedAt: new Date() }).where(eq(customers.id, shop.customerId))
  await anAccount(db, payer.customerId, { name: 'Savings' })
  await page.goto('/wallet')
  await openInWallet(page, (await ask({})).deeplink)
  await expect(page.getByText('It will be able to')).toBeVisible()
  await shoot(page, 'wallet-approval-verified')
  await page.getByRole('button', { name: 'Refuse' }).click()
  await expect(page.getByRole('heading', { name: 'Refused' })).toBeVisible()
  await shoot(page, 'wallet-refused')

  await page.goto('/wallet')
  await openInWallet(page, (await ask({})).deeplink)
  await db
    .update(dispositions)
    .set({ decideUntil: new Date(0) })
    .where(eq(dispositions.importedBy, payer.id))
  await expect(page.getByRole('heading', { name: 'Time is up' })).toBeVisible()
  await shoot(page, 'wallet-expired')
  await page.goto('/wallet/operations/dsp_00000000000000000000')
  await shoot(page, 'wallet-not-found')
})

scene('codes that do not open', async ({ page, db, signIn, openDevice, anApplication, shoot }) => {
  const owner = await makeOwner(db)
  const desk = await openDevice()
  await signIn(desk, owner)
  const deeplink = await showCode(desk, await anApplication(owner))
  await signIn(page, await makePerson(db))
  await page.goto(deeplink)
  await expect(page.getByRole('heading', { name: 'This code belongs to another sign-in' })).toBeVisible()
  await shoot(page, 'wallet-import-another')
  await page.goto('/wallet')
  await page.goto(`/wallet/d#${'x'.repeat(43)}`)
  await expect(page.getByRole('heading', { name: 'This code is not known here' })).toBeVisible()
  await shoot(page, 'wallet-import-unknown')

  const phone = await openDevice()
  await signIn(phone, owner)
  await makePasskey(db, owner, { acceptsFrom: new Date(Date.now() + 80_000_000) })
  await openInWallet(phone, deeplink)
  await expect(phone.getByText('Your passkey is too new')).toBeVisible()
  await shoot(phone, 'wallet-passkey-too-new')
  await shoot(desk, 'portal-connect-number-phone')
})
