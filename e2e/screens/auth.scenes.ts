import { mergeTests } from '@playwright/test'
import { eq } from 'drizzle-orm'
import { aConsent, aCustomer, anAccount } from '@/db/factories'
import { applications } from '@/db/schema/applications'
import { customers } from '@/db/schema/customers'
import { authorizationRequests } from '@/db/schema/oauth'
import { expect } from '../fixtures'
import { choose, PAY, SEE, visit } from '../support/callback'
import { acceptWithNumber, openInWallet, readNumber } from '../support/connect'
import { giveAuthenticator, makeOwner, makePasskey, makePerson, makeViewer } from '../support/people'
import { scene as base } from './shoot'

const scene = mergeTests(visit, base)

scene('consent: the decision', async ({ page, db, signIn, payer, client, shoot }) => {
  await signIn(page, payer)
  await page.goto(client.startUrl())
  await expect(page.getByRole('button', { name: 'Yes to all' })).toBeVisible()
  await shoot(page, 'auth-consent')
  await choose(page, SEE)
  await shoot(page, 'auth-consent-a-part')

  const { customerId } = await makeOwner(db, { customerName: 'Ledgerly Limited Liability Company' })
  await db.update(customers).set({ nameVerifiedAt: new Date() }).where(eq(customers.id, customerId))
  await db.update(applications).set({ customerId }).where(eq(applications.id, client.application_id))
  const personal = await aCustomer(db, payer.id, { name: 'Marco Bianchi', kind: 'personal' })
  for (const name of ['Everyday', 'Savings', 'Holidays', 'Taxes', 'Car', 'House'])
    await anAccount(db, personal.id, { name })
  await aCustomer(db, payer.id, { name: 'Vuota Srl' })
  await aCustomer(db, payer.id, { name: 'Casa Condominio' }, 'viewer')
  await aConsent(
    db,
    { id: client.application_id, environment: 'sandbox' },
    { personId: payer.id, customerId: payer.customerId },
  )
  await page.goto(client.startUrl())
  await page.getByRole('button', { name: 'Yes to all' }).click()
  await shoot(page, 'auth-consent-several')
  await page.getByRole('button', { name: 'Allow', exact: true }).click()
  await expect(page.getByRole('main').getByRole('alert')).toBeVisible()
  await shoot(page, 'auth-consent-several-error')

  const details = {
    type: 'payment_initiation',
    instructedAmount: { amount: '1234567.89', currency: 'EUR' },
    creditorName: 'Società Italiana per l’Energia Elettrica e il Gas di Borgo San Lorenzo SpA',
    creditorAccount: { iban: 'IT60X0542811101000000123456' },
    remittanceInformationUnstructured: 'Fattura 2026/000123456 del 3 novembre, seconda rata',
  }
  await page.goto(client.startUrl({ authorization_details: JSON.stringify([details]) }))
  await expect(page.getByRole('button', { name: 'Yes to all' })).toBeVisible()
  await shoot(page, 'auth-consent-payment')
})

scene('consent: in Italian, with long names', async ({ page, db, openDevice, signIn, client, shoot }) => {
  const italian = await makeOwner(db, {
    locale: 'it',
    name: 'Massimiliano Bartolomeo Franceschini Castelnuovo',
    customerName: 'Cooperativa Sociale Intercomunale per i Servizi Educativi e Assistenziali Srl',
  })
  await db
    .update(applications)
    .set({ name: 'Bilancio Semplice e Contabilità Quotidiana per Piccole Imprese e Professionisti' })
    .where(eq(applications.id, client.application_id))
  await signIn(page, italian)
  await page.goto(client.startUrl())
  await expect(page.getByRole('button', { name: 'Sì a tutto' })).toBeVisible()
  await shoot(page, 'auth-consent-it')
  await db.update(applications).set({ name: 'חשבונאות פשוטה' }).where(eq(applications.id, client.application_id))
  await page.goto(client.startUrl())
  await page.getByRole('radio', { name: 'Permetti' }).first().check()
  await shoot(page, 'auth-consent-rtl-name')
  await page.getByRole('button', { name: 'Approva invece nel wallet' }).click()
  await expect(page.getByRole('img', { name: /QR/ })).toBeVisible()
  await shoot(page, 'auth-consent-wallet-it')

  const plain = await openDevice({ javaScriptEnabled: false })
  await signIn(plain, await makeOwner(db), { provedMinutesAgo: 6 })
  await plain.goto(client.startUrl())
  await choose(plain, SEE)
  await plain.getByRole('button', { name: 'Allow', exact: true }).click()
  await expect(plain.getByRole('main').getByRole('alert').first()).toBeVisible()
  await plain.screenshot({ path: 'artifacts/screens/auth-consent-step-up-plain--phone-light.png', fullPage: true })
})

scene('consent: nothing to allow', async ({ page, db, signIn, payer, client, shoot }) => {
  const bare = await makePerson(db)
  await aCustomer(db, bare.id, { name: 'Vuota Srl' })
  for (const [name, person] of [
    ['nobody', await makePerson(db)],
    ['viewer', await makeViewer(db, payer.customerId)],
    ['no-account', bare],
  ] as const) {
    await signIn(page, person)
    await page.goto(client.startUrl())
    await shoot(page, `auth-consent-${name}`)
  }
  await signIn(page, payer)
  await page.goto(client.startUrl())
  await db.update(applications).set({ suspendedAt: new Date() }).where(eq(applications.id, client.application_id))
  await page.reload()
  await shoot(page, 'auth-consent-suspended')
})

scene(
  'consent: over, elsewhere, another person, step-up',
  async ({ page, db, signIn, openDevice, payer, client, shoot }) => {
    await signIn(page, payer)
    await page.goto(client.startUrl())
    const address = page.url()
    const other = await openDevice()
    await other.goto(address)
    await shoot(other, 'auth-consent-not-here')
    await signIn(page, await makeOwner(db, { name: 'Bruno Ferri' }))
    await page.goto(address)
    await shoot(page, 'auth-consent-another-person')

    await signIn(page, payer, { provedMinutesAgo: 6 })
    await page.goto(address)
    await choose(page, SEE)
    await page.getByRole('button', { name: 'Allow', exact: true }).click()
    await expect(page.getByRole('button', { name: 'Send me a code' })).toBeVisible()
    await shoot(page, 'auth-consent-step-up')

    await signIn(page, payer)
    await page.goto(address)
    await page.getByRole('button', { name: 'Deny', exact: true }).last().click()
    await expect(page.getByRole('heading', { name: 'Ledgerly', exact: true })).toBeVisible()
    const second = await page.context().newPage()
    await second.goto(address)
    await shoot(second, 'auth-consent-answered')
    await second.goto(client.startUrl())
    await db
      .update(authorizationRequests)
      .set({ expiresAt: new Date(Date.now() - 1000) })
      .where(eq(authorizationRequests.id, new URL(second.url()).pathname.split('/')[2] ?? ''))
    await second.reload()
    await shoot(second, 'auth-consent-expired')
  },
)

scene('consent: in the wallet instead', async ({ page, db, signIn, openDevice, payer, client, shoot }) => {
  const phone = await openDevice()
  await giveAuthenticator(phone, await makePasskey(db, payer))
  await signIn(phone, payer)
  await signIn(page, payer)
  for (const end of ['refuse', 'accept'] as const) {
    await page.goto(client.startUrl())
    await choose(page, SEE)
    await choose(page, PAY)
    await page.getByRole('button', { name: 'Approve in your wallet instead' }).click()
    await expect(page.getByRole('img', { name: /QR code/ })).toBeVisible()
    if (end === 'accept') await shoot(page, 'auth-consent-wallet')
    await openInWallet(
      phone,
      (await page.getByRole('link', { name: 'Open on this device' }).getAttribute('href')) ?? '',
    )
    const number = await readNumber(page)
    if (end === 'refuse') {
      await phone.getByRole('button', { name: 'Refuse' }).click()
      await expect(page.getByText('The request was refused on the device.')).toBeVisible()
      await shoot(page, 'auth-consent-wallet-refused')
      continue
    }
    await shoot(page, 'auth-consent-wallet-number')
    await shoot(phone, 'auth-consent-wallet-phone')
    await acceptWithNumber(phone, number)
    await expect(page.getByRole('heading', { name: 'Ledgerly', exact: true })).toBeVisible()
  }
})
