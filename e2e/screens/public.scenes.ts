import { expect } from '../fixtures'
import { makePerson, PASSWORD } from '../support/people'
import { scene } from './shoot'

scene('open to everybody', async ({ page, shoot }) => {
  for (const [name, address] of [
    ['landing', '/'],
    ['sign-in', '/sign-in'],
    ['sign-up', '/sign-up'],
    ['recover', '/recover'],
    ['reset-password-dead', '/reset-password'],
    ['confirm-email-dead', '/confirm-email'],
    ['confirm-email', `/confirm-email?token=${'a'.repeat(43)}`],
    ['reset-password', `/reset-password?token=${'a'.repeat(43)}`],
    ['confirm-email-done', '/confirm-email?done=1'],
    ['signed-out', '/sign-out'],
    ['not-found', '/nowhere'],
    ['mailbox-start', '/dev/mailbox'],
    ['wallet-offline', '/wallet/offline'],
    ['wallet-link-incomplete', '/wallet/d'],
  ] as const) {
    await page.goto(address)
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    await shoot(page, `public-${name}`)
  }
})

scene('entry forms, refused and done', async ({ page, db, shoot }) => {
  const person = await makePerson(db)
  await page.goto('/sign-in')
  await page.getByLabel('E-mail').fill(person.email)
  await page.getByLabel('Password').fill('not the password')
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(page.getByText('E-mail or password is wrong')).toBeVisible()
  await shoot(page, 'public-sign-in-refused')
  await page.goto('/sign-in')
  await page.getByLabel('E-mail').fill(person.email)
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'Confirm that it is you' })).toBeVisible()
  await shoot(page, 'public-second-factor')
  await page.getByLabel('One-time code').fill('000000')
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(page.getByText('That code is wrong').first()).toBeVisible()
  await shoot(page, 'public-second-factor-refused')
  await page.goto('/dev/mailbox')
  await shoot(page, 'public-mailbox')

  await page.goto('/sign-up')
  await page.getByLabel('Your name').fill('Carla Bianchi')
  await page.getByLabel('E-mail').fill('carla')
  await page.getByLabel('Password').fill('short')
  await page.getByRole('button', { name: 'Create account' }).click()
  await expect(page.getByText('Use 12 characters or more.').first()).toBeVisible()
  await shoot(page, 'public-sign-up-refused')
  await page.getByLabel('E-mail').fill(`carla.${Date.now()}@example.test`)
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Create account' }).click()
  await expect(page.getByText('Look into your mail')).toBeVisible()
  await shoot(page, 'public-sign-up-done')
})
