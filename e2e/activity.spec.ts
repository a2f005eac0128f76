import { aMember } from '@/db/factories'
import { expect, expectNoViolationsAnyhow, test } from './fixtures'
import { makeOwner, makePerson } from './support/people'

test('an auditor reads who did what, narrows it down, and takes it along as CSV', async ({
  page,
  db,
  signIn,
  anApplication,
}) => {
  const owner = await makeOwner(db)
  const application = await anApplication(owner)
  const here = `/applications/${application.application_id}`
  await signIn(page, owner)
  await page.goto(`${here}/activity`)
  await expect(page.getByText('Nothing has happened yet')).toBeVisible()
  await expectNoViolationsAnyhow(page)
  await page.goto(`${here}/callbacks`)
  await page.getByLabel('New callback').fill('https://client.example/back')
  await page.getByRole('button', { name: 'Add callback' }).click()
  await expect(page.getByText('https://client.example/back').first()).toBeVisible()

  const auditor = await makePerson(db, { name: 'Ada Auditor' })
  await aMember(db, application.application_id, 'auditor', { personId: auditor.id })
  await signIn(page, auditor)
  await page.goto(here)
  await page.getByRole('navigation').getByRole('link', { name: 'Activity' }).click()
  const table = page.getByRole('table', { name: 'Activity of this application' })
  await expect(table.getByText('Callback added')).toBeVisible()
  await expectNoViolationsAnyhow(page)
  await page.getByLabel('About').selectOption('Secrets')
  await page.getByRole('button', { name: 'Show' }).click()
  await expect(page.getByText('Nothing of that kind')).toBeVisible()
  await page.getByRole('link', { name: 'Show everything' }).click()
  await expect(table.getByText('Callback added')).toBeVisible()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Export as CSV' }).click(),
  ])
  let text = ''
  for await (const chunk of await download.createReadStream()) text += chunk
  expect(text).toContain('callback.added')
  await page.reload()
  await expect(table.getByText('Activity exported')).toBeVisible()
})
