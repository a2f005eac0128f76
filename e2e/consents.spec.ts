import { aConsent } from '@/db/factories'
import { memberships } from '@/db/schema/customers'
import { addDays } from '@/lib/core/time'
import { expect, expectNoViolations, expectNoViolationsAnyhow, newestMail, test } from './fixtures'
import { giveAuthenticator, makeOwner, makePasskey, makePerson, makeViewer } from './support/people'

/** Given so many days ago, for the owner's own business. */
async function consentGiven(
  db: Parameters<typeof aConsent>[0],
  application: { application_id: string },
  owner: { id: string; customerId: string },
  daysAgo: number,
) {
  const then = addDays(new Date(), -daysAgo)
  return aConsent(
    db,
    { id: application.application_id, environment: 'sandbox' },
    { personId: owner.id, customerId: owner.customerId },
    { scopes: ['psd2-ais', 'psd2-pis'], grantedAt: then, authTime: then, expiresAt: addDays(then, 180) },
  )
}

test('a person sees what they allowed and until when, and takes it back', { tag: '@phone' }, async ({
  page,
  db,
  signIn,
  anApplication,
  product,
}) => {
  const owner = await makeOwner(db)
  const application = await anApplication(await makeOwner(db, { customerName: 'Ledgerly Ltd' }))
  await consentGiven(db, application, owner, 3)
  await signIn(page, owner)

  await test.step('from the accounts, by the list', async () => {
    await page.goto('/accounts')
    await expect(page.getByText('One consent lets an application reach all of these accounts.')).toBeVisible()
    await page.getByRole('link', { name: 'See who may do what' }).click()
    await expect(page.getByRole('heading', { level: 1, name: 'Consents' })).toBeVisible()
    await expectNoViolations(page)
    await page.getByRole('link', { name: 'Ledgerly' }).click()
  })

  await test.step('the page says what, for whom and until when', async () => {
    await expect(page.getByRole('heading', { level: 1 })).toContainText('Ledgerly')
    await expect(page.getByRole('listitem').filter({ hasText: 'See your payment accounts' })).toBeVisible()
    await expect(page.getByText(`Do this for anybody but ${owner.customerName}`)).toBeVisible()
    await expectNoViolations(page)
  })

  await test.step('revoking says what stops, with the focus on the safe choice', async () => {
    await page.getByRole('button', { name: 'Revoke consent' }).click()
    const dialog = page.getByRole('alertdialog')
    await expect(dialog.getByRole('button', { name: 'Keep it' })).toBeFocused()
    await expect(dialog).toContainText(owner.customerName)
    await dialog.getByRole('button', { name: 'Revoke consent' }).click()
    await expect(page.getByText('This consent is revoked')).toBeVisible()
    await expect(page.getByText('Consent revoked by you')).toBeVisible()
    await expect(page.getByRole('button', { name: 'Revoke consent' })).toHaveCount(0)
  })

  await test.step('mail, list and activity tell of it', async () => {
    const subject = `Ledgerly (sandbox) may no longer act for ${owner.customerName}`
    expect((await newestMail(product, owner.email, subject)).text).toContain('Start payments from your accounts')
    await page.goto('/consents')
    await expect(page.getByText('You have not allowed any application anything')).toBeVisible()
    await page.getByRole('link', { name: 'Ended' }).click()
    await expect(page.getByRole('link', { name: 'Ledgerly' })).toBeVisible()
    await page.goto('/activity')
    await expect(page.getByText('What an application may do was withdrawn')).toBeVisible()
  })
})

test('a consent that ends soon says so, and is renewed after a proof', async ({ page, db, signIn, anApplication }) => {
  const owner = await makeOwner(db)
  const application = await anApplication(owner)
  const { id } = await consentGiven(db, application, owner, 173)
  await giveAuthenticator(page, await makePasskey(db, owner))
  await signIn(page, owner, { provedMinutesAgo: 6 })
  await page.goto(`/consents/${id}`)
  await expect(page.getByText('This consent ends soon')).toBeVisible()
  await expectNoViolationsAnyhow(page)
  await page.getByRole('button', { name: 'Renew for 180 days' }).click()
  await page.getByRole('button', { name: 'Use a passkey' }).click()
  await expect(page.getByText('Consent renewed by you')).toBeVisible()
  await expect(page.getByText('This consent ends soon')).toHaveCount(0)
})

test('one that has run out is shown as such, and cannot be renewed', async ({ page, db, signIn, anApplication }) => {
  const owner = await makeOwner(db)
  const { id } = await consentGiven(db, await anApplication(owner), owner, 181)
  await signIn(page, owner)
  await page.goto(`/consents/${id}`)
  await expect(page.getByText('This consent has run out')).toBeVisible()
  await expect(page.getByRole('button', { name: /Renew|Revoke/ })).toHaveCount(0)
})

test('a viewer looks, and the application’s team sees numbers alone', async ({ page, db, signIn, anApplication }) => {
  const owner = await makeOwner(db, { name: 'Giulia Rossi' })
  const team = await makeOwner(db)
  const application = await anApplication(team)
  const { id } = await consentGiven(db, application, owner, 3)
  await signIn(page, await makeViewer(db, owner.customerId))
  await page.goto(`/consents/${id}`)
  await expect(page.getByText('only an owner can revoke it')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Revoke consent' })).toHaveCount(0)

  await signIn(page, team)
  await page.goto(`/applications/${application.application_id}/connections`)
  const card = page.getByRole('main')
  await expect(card).toContainText('Of these ending within 14 days')
  await expect(card).not.toContainText('Rossi')
})

test('who leaves a customer loses the consents given for it; the last owner cannot', async ({
  page,
  db,
  signIn,
  anApplication,
}) => {
  const owner = await makeOwner(db)
  const colleague = await makePerson(db, { name: 'Bruno Ferri' })
  const application = await anApplication(owner)
  const { id } = await consentGiven(db, application, owner, 3)
  await db
    .insert(memberships)
    .values({ id: `mem_${colleague.id}`, personId: colleague.id, customerId: owner.customerId, role: 'owner' })

  await signIn(page, owner)
  await page.goto('/customers')
  await page.getByRole('link', { name: owner.customerName }).click()
  await expect(page.getByText('Bruno Ferri', { exact: true })).toBeVisible()
  await expectNoViolationsAnyhow(page)
  await page.getByRole('button', { name: 'Leave' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Leave' }).click()
  await expect(page).toHaveURL(/\/customers$/)

  await signIn(page, colleague)
  await page.goto(`/consents/${id}`)
  await expect(page.getByText('Whoever gave it no longer belongs to the customer.')).toBeVisible()
  await page.goto(`/customers/${owner.customerId}`)
  await expect(page.getByText('You are its only owner, so you cannot leave it.')).toBeVisible()
  await expect(page.getByRole('button', { name: /Leave|Remove/ })).toHaveCount(0)
})
