import { aKey, toPem } from '@/lib/certificates/testing/make-certificate'
import { makeChain } from '@/lib/certificates/testing/make-chain'
import { expect } from '../fixtures'
import { makePerson, makePhone, PASSWORD } from '../support/people'
import { scene } from './shoot'

scene('open to everybody', async ({ page, shoot }) => {
  for (const [name, address] of [
    ['landing', '/'],
    ['sign-in', '/sign-in'],
    ['sign-in-again', '/sign-in?return_to=%2Fapplications&again=1'],
    ['sign-up', '/sign-up'],
    ['recover', '/recover'],
    ['reset-password-dead', '/reset-password'],
    ['confirm-email-dead', '/confirm-email'],
    ['confirm-email', `/confirm-email?token=${'a'.repeat(43)}`],
    ['reset-password', `/reset-password?token=${'a'.repeat(43)}`],
    ['confirm-email-done', '/confirm-email?done=1'],
    ['signed-out', '/sign-out'],
    ['certificates', '/docs/certificates'],
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
  await makePhone(db, person)
  await page.goto('/sign-in?step=second-factor')
  await page.getByRole('link', { name: 'Use a code by text message' }).click()
  await expect(page.getByText('Text messages are the weakest way')).toBeVisible()
  await shoot(page, 'public-second-factor-sms')

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

scene('a chain that is checked', async ({ page, shoot }) => {
  const made = makeChain({ depth: 2, intermediates: [{}, { notAfter: new Date('2026-01-01T00:00:00Z') }] })
  const report = page.getByRole('region', { name: 'Report' })
  const check = async (text: string) => {
    await page.goto('/docs/certificates')
    await page.getByLabel('Certificate chain').fill(text)
    await page.getByRole('button', { name: 'Check chain' }).click()
    await expect(report).toBeVisible()
  }
  await check(made.pem)
  await shoot(page, 'public-certificates-expired')
  await check(toPem(...[...makeChain().all].reverse()))
  await shoot(page, 'public-certificates-reversed')
  await check(toPem(made.leaf, made.root, makeChain({ kind: 'p384' }).root))
  await shoot(page, 'public-certificates-missing')
  await check('My certificate is attached.')
  await shoot(page, 'public-certificates-no-text')
  await page.goto('/docs/certificates')
  const field = page.getByLabel('Certificate chain')
  await field.fill(aKey().privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
  await field.blur()
  await expect(page.getByText('This holds a private key')).toBeVisible()
  await shoot(page, 'public-certificates-private-key')
})
