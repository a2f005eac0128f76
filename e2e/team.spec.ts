import type { Page } from '@playwright/test'
import { aMember, anApplication as anApplicationRow } from '@/db/factories'
import { applicationEnvironments } from '@/db/schema/applications'
import { newHexToken } from '@/lib/core/secrets'
import { TestMailServer } from '@/lib/jobs/testing/mail-server'
import {
  answered,
  test as base,
  expect,
  expectNoSidewaysScroll,
  expectNoViolations,
  expectNoViolationsAnyhow,
  mailsIn,
  runningProduct,
} from './fixtures'
import { makeOwner, makePerson, PASSWORD } from './support/people'
import { startProduct } from './support/product'

type Received = { to: string; subject: string; text: string }
type MailTo = (address: string, subject: string) => Promise<Received>

/**
 * At the desk a product of its own, which sends its mail by SMTP as an installation does; at phone width the common one with
 * its mailbox: how mail is sent has nothing to do with the width.
 */
const test = base.extend<{ mailTo: MailTo }, { mailServer: TestMailServer | null }>({
  mailServer: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from this pattern
    async ({}, use, info) => {
      const server = info.project.name === 'phone' ? null : await new TestMailServer().listen()
      await use(server)
      await server?.close()
    },
    { scope: 'worker' },
  ],
  product: [
    async ({ mailServer }, use, info) => {
      if (!mailServer) return use(runningProduct(info))
      const mail = { SMTP_URL: mailServer.url(), MAIL_FROM: 'Countersign <no-reply@countersign.example>' }
      const { url, dataDir, stop } = await startProduct({ pushServices: 0, settings: mail })
      await use({ url, dataDir, pushPort: 0 })
      await stop()
    },
    { scope: 'worker', timeout: 300_000 },
  ],
  /** The newest mail to an address whose subject holds these words, once it is there. */
  mailTo: async ({ mailServer, product }, use) => {
    const received = () => (mailServer ? receivedBy(mailServer) : mailsIn(product))
    await use(async (address, subject) => {
      let found: Received | undefined
      await expect(async () => {
        found = (await received()).findLast((mail) => mail.to === address && mail.subject.includes(subject))
        expect(found?.to, `a mail to ${address}: ${subject}`).toBe(address)
      }).toPass({ timeout: 15_000 })
      return found as Received
    })
  },
})

// One worker, and so one product of their own, for all of them.
test.describe.configure({ mode: 'default' })

function receivedBy(server: TestMailServer): Received[] {
  return server.received.map(({ to, mail }) => ({ to: to.join(), subject: mail.subject ?? '', text: mail.text ?? '' }))
}

function linkIn(mail: Received): string {
  return /https?:\/\/\S+/.exec(mail.text)?.[0] ?? ''
}

/** Tabs and tables scroll inside themselves; the page does not. */
async function expectSound(page: Page): Promise<void> {
  if (!test.info().tags.includes('@phone')) return expectNoViolationsAnyhow(page)
  await expectNoViolations(page)
  await expectNoSidewaysScroll(page)
}

test('invited by mail, signed up on the way, at work, removed: the next request is refused', { tag: '@phone' }, async ({
  page,
  db,
  mailTo,
  signIn,
  openDevice,
  anApplication,
  expectedErrors,
}) => {
  test.slow()
  const owner = await makeOwner(db)
  const application = await anApplication(owner)
  await signIn(page, owner)
  const team = `/applications/${application.application_id}/team`
  const email = `dora.${Date.now()}.${test.info().project.name}@example.test`
  const desk = await openDevice({ viewport: page.viewportSize() })

  await test.step('the owner invites an address', async () => {
    await page.goto(team)
    await page.getByLabel('E-mail').fill(email)
    await page.getByLabel('Role', { exact: true }).selectOption('developer')
    await page.getByRole('button', { name: 'Invite', exact: true }).click()
    await expect(page.getByText(`Sent to ${email}.`)).toBeVisible()
    await expect(page.getByRole('table', { name: 'Invitations' }).getByText('Waiting')).toBeVisible()
    await expectSound(page)
  })

  await test.step('who has it makes an account from the link', async () => {
    await desk.goto(linkIn(await mailTo(email, 'invites you')))
    await expect(desk.getByText(`invites you to the team of the application “${application.name}”`)).toBeVisible()
    await expectSound(desk)
    await desk.getByLabel('Your name').fill('Dora Keller')
    await desk.getByLabel('Password').fill(PASSWORD)
    await desk.getByRole('button', { name: 'Create account' }).click()
    await expect(desk.getByText('Look into your mail')).toBeVisible()
    await desk.goto(linkIn(await mailTo(email, 'Confirm your address')))
    await desk.getByRole('button', { name: 'Confirm address' }).click()
    await desk.getByRole('main').getByRole('link', { name: 'Sign in' }).click()
    await desk.getByLabel('E-mail').fill(email)
    await desk.getByLabel('Password').fill(PASSWORD)
    await desk.getByRole('button', { name: 'Sign in', exact: true }).click()
    await expect(desk.getByRole('heading', { name: 'Confirm that it is you' })).toBeVisible()
    const code = /\b\d{6}\b/.exec((await mailTo(email, 'Your one-time code')).text)?.[0] ?? ''
    await desk.getByLabel('One-time code').fill(code)
    await desk.getByRole('button', { name: 'Sign in', exact: true }).click()
  })

  await test.step('the invitation waits there, and gives what a developer may do', async () => {
    await expect(desk.getByRole('heading', { name: 'You are invited' })).toBeVisible()
    await expectSound(desk)
    await desk.getByRole('button', { name: `Accept the invitation to ${application.name}` }).click()
    await expect(desk.getByRole('heading', { level: 1, name: application.name })).toBeVisible()
    await expect(desk.getByRole('heading', { name: 'What happened last' })).toHaveCount(0)
    await desk.goto(`/applications/${application.application_id}/credentials`)
    await desk.getByRole('button', { name: 'Make application secret' }).click()
    await expect(desk.getByRole('textbox', { name: 'Application secret' })).toHaveValue(/^cs_sk_sandbox_/)
    await desk.goto(team)
    await expect(desk.getByText('Your role here is Developer')).toBeVisible()
    await expect(desk.getByRole('button', { name: /^(Invite|Remove|Change role)/ })).toHaveCount(0)
    await expectSound(desk)
  })

  await test.step('removed, the developer has lost it with the next request', async () => {
    await page.reload()
    await page.getByRole('button', { name: 'Remove Dora Keller' }).click()
    await page.getByRole('button', { name: 'Remove from team' }).click()
    await expect(page.getByRole('heading', { name: 'No longer in the team' })).toBeVisible()
    expectedErrors.push(answered(404))
    const answer = await desk.reload()
    expect(answer?.status()).toBe(404)
    await desk.goto('/applications')
    await expect(desk.getByRole('link', { name: application.name })).toHaveCount(0)
    await mailTo(email, 'You no longer belong to the team')
  })

  await test.step('the owner gets the list of what was seen', async () => {
    await page.getByRole('link', { name: 'What Dora Keller saw' }).click()
    await expect(page.getByText('One secret still works')).toBeVisible()
    await expectSound(page)
    await page.getByRole('link', { name: /^Rotate cs_sk_sandbox_/ }).click()
    await expect(page.getByRole('alertdialog', { name: 'Rotate the application secret?' })).toBeVisible()
    await expect(page.getByRole('button', { name: 'Not now' })).toBeFocused()
    await page.goBack()
    await page.getByRole('button', { name: /^Revoke cs_sk_sandbox_/ }).click()
    await page.getByRole('button', { name: 'Revoke secret' }).click()
    await expect(page.getByRole('heading', { name: 'Nothing to replace' })).toBeVisible()
  })
})

test('opened with another address, an invitation waits for the inviter, who sees that address', async ({
  page,
  db,
  mailTo,
  signIn,
  openDevice,
  anApplication,
}) => {
  test.slow()
  const owner = await makeOwner(db)
  const application = await anApplication(owner)
  await signIn(page, owner)
  const team = `/applications/${application.application_id}/team`
  const email = `erik.${Date.now()}.${test.info().project.name}@example.test`
  await page.goto(team)
  await page.getByLabel('E-mail').fill(email)
  await page.getByRole('button', { name: 'Invite', exact: true }).click()
  await expect(page.getByText(`Sent to ${email}.`)).toBeVisible()

  const other = await makePerson(db, { name: 'Erik Blom' })
  const desk = await openDevice({ viewport: page.viewportSize() })
  await signIn(desk, other)
  const link = linkIn(await mailTo(email, 'invites you'))
  await desk.goto(link)
  await expect(desk.getByText('This was sent to another address')).toBeVisible()
  await expectSound(desk)
  await desk.getByRole('button', { name: `Ask ${owner.name} to let me in` }).click()
  await expect(desk.getByText('sees your name and address and decides')).toBeVisible()
  const stranger = await openDevice()
  await stranger.goto(link)
  await expect(stranger.getByRole('heading', { name: 'This invitation is not open' })).toBeVisible()
  await expectSound(stranger)

  const told = await mailTo(owner.email, 'Somebody else opened your invitation')
  expect(told.text).toContain(other.email)
  await page.goto(linkIn(told))
  await page.getByRole('button', { name: 'Let in Erik Blom' }).click()
  const dialog = page.getByRole('alertdialog', { name: 'Let in Erik Blom?' })
  await expect(dialog.getByText(other.email)).toBeVisible()
  await dialog.getByRole('button', { name: 'Let in' }).click()
  await expect(page.getByText('Nobody is invited at the moment.')).toBeVisible()
  await desk.goto(linkIn(await mailTo(other.email, 'You are in the team')))
  await expect(desk.getByRole('heading', { level: 1, name: application.name })).toBeVisible()
})

test('a role is changed in place, an own place is left, and step-up is asked for once it is old', async ({
  page,
  db,
  signIn,
  openDevice,
  anApplication,
  mailTo,
}) => {
  test.slow()
  const owner = await makeOwner(db)
  const application = await anApplication(owner)
  const member = await makePerson(db, { name: 'Mara Weiss' })
  await aMember(db, application.application_id, 'analyst', { personId: member.id })
  const team = `/applications/${application.application_id}/team`
  await signIn(page, owner, { provedMinutesAgo: 10 })
  await page.goto(team)
  await page.getByRole('button', { name: 'Change role of Mara Weiss' }).click()
  const dialog = page.getByRole('alertdialog', { name: 'Change the role of Mara Weiss' })
  await dialog.getByLabel('Role').selectOption('auditor')
  await dialog.getByRole('button', { name: 'Change role' }).click()
  const proof = page.getByRole('dialog', { name: 'Confirm that it is you' })
  await proof.getByRole('button', { name: 'Send me a code' }).click()
  const code = /\b\d{6}\b/.exec((await mailTo(owner.email, 'Your one-time code')).text)?.[0] ?? ''
  await proof.getByLabel('One-time code').fill(code)
  await proof.getByRole('button', { name: 'Confirm' }).click()
  await expect(page.getByRole('table', { name: 'Members' }).getByText('Auditor', { exact: true })).toBeVisible()

  const desk = await openDevice({ viewport: page.viewportSize() })
  await signIn(desk, member)
  await desk.goto(team)
  await expect(desk.getByText('Your role here is Auditor')).toBeVisible()
  await desk.getByRole('button', { name: 'Leave this team' }).click()
  await desk.getByRole('button', { name: 'Leave team' }).click()
  await expect(desk.getByRole('heading', { name: 'First, a business' })).toBeVisible()
  await mailTo(owner.email, 'Mara Weiss has left the team')
})

test('an application passes to another business once both have confirmed', async ({
  page,
  db,
  mailTo,
  signIn,
  openDevice,
  anApplication,
  expectedErrors,
}) => {
  test.slow()
  const giver = await makeOwner(db, { customerName: 'Agency Srl' })
  const receiver = await makeOwner(db, { name: 'Nora Vik', customerName: 'Corner Shop AS' })
  const application = await anApplication(giver)
  const home = `/applications/${application.application_id}`
  const desk = await openDevice({ viewport: page.viewportSize() })
  await signIn(desk, receiver)
  await desk.goto('/customers')
  await expect(desk.getByText(receiver.customerId)).toBeVisible()
  await expectSound(desk)

  await signIn(page, giver)
  await page.goto(`${home}/settings`)
  await page.getByLabel('Id of the business').fill('cus_00000000000000000000')
  await page.getByRole('button', { name: 'Offer the application' }).click()
  await expect(page.getByRole('link', { name: 'No business has this id' })).toBeVisible()
  await page.getByLabel('Id of the business').fill(receiver.customerId)
  await page.getByRole('button', { name: 'Offer the application' }).click()
  await expect(page.getByText('Offered to Corner Shop AS')).toBeVisible()
  await expectSound(page)

  await mailTo(receiver.email, 'is offered to Corner Shop AS')
  await desk.goto('/applications')
  await expect(desk.getByRole('heading', { name: 'Offered to Corner Shop AS' })).toBeVisible()
  await expectSound(desk)
  await desk.getByRole('button', { name: `Accept the transfer of ${application.name}` }).click()
  await expect(desk.getByText('Live secrets: 1')).toBeVisible()
  await desk.getByRole('button', { name: 'Take it over' }).click()
  await expect(desk.getByRole('heading', { level: 1, name: application.name })).toBeVisible()
  await mailTo(giver.email, 'now belongs to Corner Shop AS')
  expectedErrors.push(answered(404))
  expect((await page.reload())?.status()).toBe(404)
})

test('a production secret waits for a second member, and is made once they have approved', async ({
  page,
  db,
  mailTo,
  signIn,
  openDevice,
}) => {
  test.slow()
  const owner = await makeOwner(db)
  const application = await anApplicationRow(db, owner.customerId)
  await db.insert(applicationEnvironments).values({
    applicationId: application.id,
    environment: 'production',
    clientId: newHexToken(),
    profile: 'standard',
  })
  const second = await makePerson(db, { name: 'Sven Holm' })
  await aMember(db, application.id, 'credential-manager', { personId: second.id })
  const team = `/applications/${application.id}/team`
  await signIn(page, owner)
  await page.goto(team)
  await page.getByRole('button', { name: 'Turn on' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Turn on' }).click()
  await expect(page.getByText('Revoking never waits.')).toBeVisible()

  const credentials = `/applications/${application.id}/credentials?environment=production`
  await page.goto(credentials)
  await page.getByRole('button', { name: 'Make application secret' }).click()
  await expect(page.getByText('A second member has to approve this first.')).toBeVisible()

  const desk = await openDevice({ viewport: page.viewportSize() })
  await signIn(desk, second)
  await desk.goto(linkIn(await mailTo(second.email, 'asks you to approve')))
  await expectSound(desk)
  await desk.getByRole('button', { name: /^Approve the request: Make a secret/ }).click()
  await desk.getByRole('alertdialog').getByRole('button', { name: 'Approve' }).click()
  await expect(desk.getByText('by Sven Holm')).toBeVisible()

  await page.goto(linkIn(await mailTo(owner.email, 'was approved')))
  await expect(page.getByText('do it again now')).toBeVisible()
  await expectSound(page)
  await page.goto(credentials)
  await page.getByRole('button', { name: 'Make application secret' }).click()
  await expect(page.getByRole('textbox', { name: 'Application secret' })).toHaveValue(/^cs_sk_production_/)
})
