import { aConsent, anAccount } from '@/db/factories'
import { addDays } from '@/lib/core/time'
import { expect } from '../fixtures'
import { acceptWithNumber, readCode, readNumber, showCode } from '../support/connect'
import { giveAuthenticator, makeOwner, makePasskey, makePerson, makePhone, makeViewer } from '../support/people'
import { scene } from './shoot'

scene('a person without anything', async ({ page, db, signIn, shoot }) => {
  await signIn(page, await makePerson(db, { name: 'Carla Bianchi' }))
  for (const [name, address] of [
    ['accounts-empty', '/accounts'],
    ['connections-empty', '/connections'],
    ['connections-revoked-empty', '/connections?show=revoked'],
    ['consents-empty', '/consents'],
    ['consents-ended-empty', '/consents?show=ended'],
    ['security-fresh', '/security'],
    ['activity-empty', '/activity'],
    ['step-up-page', '/step-up?return_to=%2Fsecurity'],
    ['step-up-done', '/step-up'],
    ['sign-out', '/sign-out'],
  ] as const) {
    await page.goto(address)
    await shoot(page, `secure-${name}`)
  }
})

for (const locale of ['en', 'it'] as const) {
  scene(
    `a connection in the secure area, ${locale}`,
    async ({ page, db, signIn, openDevice, anApplication, shoot }) => {
      const owner = await makeOwner(db, { locale })
      await anAccount(db, owner.customerId, { name: 'Conto delle imposte' })
      const english = await makePerson(db)
      const application = await anApplication(owner)
      const suffix = locale === 'en' ? '' : '-it'
      await signIn(page, owner)
      const phone = await openDevice({ locale: locale === 'it' ? 'it-IT' : 'en-US' })
      await giveAuthenticator(phone, await makePasskey(db, owner))
      await signIn(phone, owner)
      await phone.goto(await showCode(page, application))
      const number = await readNumber(page)
      if (locale === 'en') {
        await expect(phone.getByRole('button', { name: 'Refuse' })).toBeVisible()
        await acceptWithNumber(phone, number)
      } else {
        await phone.getByRole('textbox').fill(number)
        await shoot(phone, 'wallet-approval-it')
        await phone.getByRole('button', { name: 'Accetta' }).click()
      }
      await readCode(page)
      await shoot(phone, `wallet-accepted${suffix}`)
      await page.goto('/accounts')
      await shoot(page, `secure-accounts${suffix}`)
      await page.goto('/connections')
      await shoot(page, `secure-connections${suffix}`)
      await page.getByRole('link', { name: 'Ledgerly' }).click()
      await expect(page.getByRole('heading', { level: 1 })).toContainText('Ledgerly')
      await shoot(page, `secure-connection${suffix}`)
      await page.getByRole('button', { name: locale === 'it' ? 'Revoca' : 'Revoke connection' }).click()
      await shoot(page, `secure-connection-revoke${suffix}`)
      await page.getByRole('alertdialog').getByRole('button').last().click()
      await expect(page.getByRole('alertdialog')).toBeHidden()
      await shoot(page, `secure-connection-revoked${suffix}`)
      await page.goto('/connections?show=revoked')
      await shoot(page, `secure-connections-revoked${suffix}`)
      await page.goto('/activity')
      await shoot(page, `secure-activity${suffix}`)
      if (locale === 'en') {
        await signIn(page, await makeViewer(db, owner.customerId))
        await page.goto('/accounts')
        await shoot(page, 'secure-accounts-viewer')
        await signIn(page, english)
      }
    },
  )
}

for (const locale of ['en', 'it'] as const) {
  scene(`consents in the secure area, ${locale}`, async ({ page, db, signIn, anApplication, shoot }) => {
    const owner = await makeOwner(db, { locale })
    const suffix = locale === 'en' ? '' : '-it'
    const give = async (name: string, daysAgo: number, values: Partial<Parameters<typeof aConsent>[3]> = {}) => {
      const { application_id: id } = await anApplication(await makeOwner(db), { name })
      const then = addDays(new Date(), -daysAgo)
      const times = { grantedAt: then, authTime: then, expiresAt: addDays(then, 180) }
      const parties = { personId: owner.id, customerId: owner.customerId }
      return aConsent(db, { id, environment: 'sandbox' }, parties, {
        scopes: ['psd2-ais', 'psd2-pis'],
        ...times,
        ...values,
      })
    }
    const fresh = await give('Ledgerly', 3)
    const ending = await give('Bilancio Facile', 172)
    const expired = await give('Salvadanaio', 200)
    await signIn(page, owner)
    for (const [name, address] of [
      ['consents', '/consents'],
      ['consents-ended', '/consents?show=ended'],
      ['consent', `/consents/${fresh.id}`],
      ['consent-ending', `/consents/${ending.id}`],
      ['consent-expired', `/consents/${expired.id}`],
      ['accounts-with-consents', '/accounts'],
    ] as const) {
      await page.goto(address)
      await shoot(page, `secure-${name}${suffix}`)
    }
    await page.goto(`/consents/${fresh.id}`)
    await page.getByRole('button', { name: locale === 'it' ? 'Revoca il consenso' : 'Revoke consent' }).click()
    await shoot(page, `secure-consent-revoke${suffix}`)
    await page.getByRole('alertdialog').getByRole('button').last().click()
    await expect(page.getByRole('alertdialog')).toBeHidden()
    await shoot(page, `secure-consent-revoked${suffix}`)
  })
}

scene('security, every card in use', async ({ page, db, signIn, openDevice, shoot }) => {
  const person = await makeOwner(db)
  await makePasskey(db, person)
  await makePasskey(db, person, { acceptsFrom: new Date(Date.now() + 80_000_000) })
  const other = await openDevice()
  await signIn(other, person)
  await signIn(page, person)
  await page.goto('/security')
  await shoot(page, 'secure-security')
  await page.getByRole('button', { name: 'Set up authenticator app' }).click()
  await expect(page.getByRole('button', { name: 'Turn on' })).toBeVisible()
  await page.getByRole('button', { name: 'Make new codes' }).click()
  await expect(page.getByRole('status', { name: 'Your ten recovery codes' })).toBeVisible()
  await page.getByLabel('Present password').fill('x')
  await page.getByLabel('New password').fill('short')
  await page.getByRole('button', { name: 'Change password' }).click()
  await expect(page.getByText('Use 12 characters or more.').first()).toBeVisible()
  await shoot(page, 'secure-security-at-work')

  const stale = await openDevice()
  await signIn(stale, person, { provedMinutesAgo: 6 })
  await stale.goto('/security')
  await stale.getByRole('button', { name: 'Make new codes' }).click()
  await expect(stale.getByRole('button', { name: 'Use a passkey' })).toBeVisible()
  await shoot(stale, 'secure-step-up')

  const italian = await makeOwner(db, { locale: 'it' })
  await makePasskey(db, italian)
  await makePhone(db, italian)
  await signIn(page, italian)
  await page.goto('/security')
  await shoot(page, 'secure-security-it')
})

scene('a phone number in the secure area', async ({ page, db, signIn, shoot }) => {
  const person = await makeOwner(db)
  await signIn(page, person)
  await page.goto('/security')
  await page.getByLabel('Phone number').fill('333 1234567')
  await page.getByRole('button', { name: 'Send code' }).click()
  await expect(page.getByText('Enter the number with its country code').first()).toBeVisible()
  await shoot(page, 'secure-phone-refused')
  await page.getByLabel('Phone number').fill('+39 333 1234567')
  await page.getByRole('button', { name: 'Send code' }).click()
  await expect(page.getByRole('button', { name: 'Confirm number' })).toBeVisible()
  await shoot(page, 'secure-phone-code')
  const other = await makePerson(db)
  await makePhone(db, other)
  await signIn(page, other)
  await page.goto('/security')
  await shoot(page, 'secure-phone')
  await page.goto('/step-up')
  await shoot(page, 'secure-phone-step-up')
})

scene('the menu of a phone', async ({ openDevice, db, signIn, shoot }) => {
  const phone = await openDevice()
  await signIn(phone, await makeOwner(db))
  await phone.goto('/connections')
  await phone.getByRole('button', { name: 'Menu' }).click()
  await shoot(phone, 'secure-menu')
})
