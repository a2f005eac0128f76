import { aMember, anApplication as anApplicationRow } from '@/db/factories'
import { approvalRequests } from '@/db/schema/approvals'
import { applicationSecrets, secretSightings } from '@/db/schema/credentials'
import { applicationInvitations, applicationTransfers } from '@/db/schema/team'
import type { ApplicationRole } from '@/lib/access/permissions'
import { newId } from '@/lib/core/ids'
import { newApplicationSecret, newOpaqueToken, sha256 } from '@/lib/core/secrets'
import { addDays } from '@/lib/core/time'
import { expect } from '../fixtures'
import { makeOwner, makePerson } from '../support/people'
import { scene } from './shoot'

type Invited = { email: string; role?: ApplicationRole; daysLeft?: number; claimedBy?: string }

scene('the team of an application', async ({ page, db, signIn, shoot }) => {
  const owner = await makeOwner(db)
  const application = await anApplicationRow(db, owner.customerId, { name: 'Ledgerly' })
  const base = `/applications/${application.id}`
  await signIn(page, owner)
  await page.goto(`${base}/activity`)
  await shoot(page, 'activity-empty')
  await page.goto(`${base}/team`)
  await shoot(page, 'team-alone')
  await page.getByLabel('E-mail').fill('not an address')
  await page.getByLabel('E-mail').evaluate((input) => input.setAttribute('type', 'text'))
  await page.getByRole('button', { name: 'Invite', exact: true }).click()
  await page.getByRole('main').getByRole('alert').first().waitFor()
  await shoot(page, 'team-invite-refused')

  const names: [string, ApplicationRole][] = [
    ['Amélie Laurent', 'admin'],
    ['Bo', 'developer'],
    ['محمد عبد الرحمن', 'credential-manager'],
    ['Wilhelmina-Alexandra von und zu Hohenstein-Sonnenburg', 'auditor'],
  ]
  for (const [name, role] of names) {
    await aMember(db, application.id, role, { personId: (await makePerson(db, { name })).id })
  }
  const claimer = await makePerson(db, { name: 'Erik Blom' })
  const invite = ({ email, role = 'developer', daysLeft = 6, claimedBy }: Invited) =>
    db.insert(applicationInvitations).values({
      id: newId('invitation'),
      applicationId: application.id,
      email,
      role,
      tokenHash: sha256(newOpaqueToken()),
      invitedBy: owner.id,
      expiresAt: addDays(new Date(), daysLeft),
      claimedBy,
      claimedAt: claimedBy ? new Date() : null,
    })
  await invite({ email: 'erik.blom@agency.example', claimedBy: claimer.id })
  await invite({ email: 'a.person.with.a.very.long.address@subsidiary.of.some.company.example', role: 'auditor' })
  await invite({ email: 'too.late@agency.example', daysLeft: -2 })
  const gone = await makePerson(db, { name: 'Dora Keller' })
  const left = await aMember(db, application.id, 'developer', {
    personId: gone.id,
    createdAt: addDays(new Date(), -90),
    endedAt: addDays(new Date(), -1),
    endedBy: gone.id,
  })
  await page.goto(`${base}/team`)
  await shoot(page, 'team-full')
  await page.getByRole('button', { name: 'Change role of Bo' }).click()
  await shoot(page, 'team-change-role')
  await page.getByRole('button', { name: 'Keep it' }).click()
  await page.getByRole('button', { name: 'Let in Erik Blom' }).click()
  await shoot(page, 'team-let-in')

  await page.goto(`${base}/team/${left.id}`)
  await shoot(page, 'team-saw-nothing')
  for (const endsAt of [null, addDays(new Date(), 2)]) {
    const secret = newApplicationSecret('sandbox')
    const secretId = newId('secret')
    await db.insert(applicationSecrets).values({
      id: secretId,
      applicationId: application.id,
      environment: 'sandbox',
      secretHash: secret.hash,
      hint: secret.hint,
      createdBy: gone.id,
      createdAt: addDays(new Date(), -30),
      endsAt,
    })
    const seen = { secretId, personId: gone.id, seenBy: 'made', seenAt: addDays(new Date(), -30) }
    await db.insert(secretSightings).values(seen)
  }
  await page.goto(`${base}/team/${left.id}`)
  await shoot(page, 'team-what-they-saw')
  await page.goto(`${base}/team#seen-by-gone`)
  await expect(page.getByRole('heading', { name: 'Seen by people who have left' })).toBeVisible()
  await shoot(page, 'team-seen-by-gone')
  await page.goto(`${base}/credentials`)
  await shoot(page, 'credentials-seen-by-gone')
  await page.goto(`${base}/callbacks`)
  await page.getByLabel('New callback').fill('https://client.example/back')
  await page.getByRole('button', { name: 'Add callback' }).click()
  await expect(page.getByText('https://client.example/back')).toBeVisible()
  await page.goto(`${base}/activity`)
  await shoot(page, 'activity')
  await page.goto(`${base}/activity?kind=transfer`)
  await shoot(page, 'activity-narrowed-to-nothing')
})

scene('somebody of the team who belongs to no business', async ({ page, db, signIn, shoot }) => {
  const owner = await makeOwner(db)
  const application = await anApplicationRow(db, owner.customerId, { name: 'Ledgerly' })
  const member = await makePerson(db, { name: 'Mara Weiss' })
  await aMember(db, application.id, 'analyst', { personId: member.id })
  await signIn(page, member)
  await page.goto('/applications')
  await shoot(page, 'team-applications-of-a-member')
  for (const path of ['', '/credentials', '/team']) {
    await page.goto(`/applications/${application.id}${path}`)
    await shoot(page, `team-analyst${path.replace('/', '-')}`)
  }
  await page.getByRole('button', { name: 'Leave this team' }).click()
  await shoot(page, 'team-leave')
})

scene('an invitation', async ({ page, db, signIn, shoot }) => {
  const owner = await makeOwner(db)
  const application = await anApplicationRow(db, owner.customerId, { name: 'Ledgerly' })
  const addressee = await makePerson(db, { name: 'Dora Keller' })
  const token = newOpaqueToken()
  await db.insert(applicationInvitations).values({
    id: newId('invitation'),
    applicationId: application.id,
    email: addressee.email,
    role: 'developer',
    tokenHash: sha256(token),
    invitedBy: owner.id,
    expiresAt: addDays(new Date(), 6),
  })
  await page.goto('/invitations')
  await shoot(page, 'invitation-over')
  await page.goto(`/invitations?token=${token}`)
  await shoot(page, 'invitation-arriving')
  await signIn(page, addressee)
  await page.goto(`/invitations?token=${token}`)
  await shoot(page, 'invitation-accept')
  await page.goto('/applications')
  await shoot(page, 'invitation-waiting')
  await signIn(page, await makePerson(db, { name: 'Erik Blom' }))
  await page.goto(`/invitations?token=${token}`)
  await shoot(page, 'invitation-other-address')
  await page.getByRole('button', { name: /^Ask/ }).click()
  await page.getByText('sees your name and address').waitFor()
  await shoot(page, 'invitation-claimed')
})

scene('a transfer', async ({ page, db, signIn, shoot }) => {
  const giver = await makeOwner(db, { customerName: 'Agency Srl' })
  const receiver = await makeOwner(db, { name: 'Nora Vik', customerName: 'Corner Shop AS' })
  const application = await anApplicationRow(db, giver.customerId, { name: 'Ledgerly' })
  await aMember(db, application.id, 'developer')
  await signIn(page, giver)
  const settings = `/applications/${application.id}/settings`
  await page.goto(settings)
  await page.getByLabel('Id of the business').fill('Corner Shop')
  await page.getByRole('button', { name: 'Offer the application' }).click()
  await page.getByRole('main').getByRole('alert').first().waitFor()
  await shoot(page, 'transfer-refused-id')
  await db.insert(applicationTransfers).values({
    id: newId('transfer'),
    applicationId: application.id,
    fromCustomerId: giver.customerId,
    toCustomerId: receiver.customerId,
    requestedBy: giver.id,
    expiresAt: addDays(new Date(), 6),
  })
  await page.goto(settings)
  await shoot(page, 'transfer-offered')
  await signIn(page, receiver)
  await page.goto('/customers')
  await shoot(page, 'transfer-business-id')
  await page.goto('/applications')
  await shoot(page, 'transfer-received')
  await page.getByRole('button', { name: /^Accept the transfer/ }).click()
  await shoot(page, 'transfer-accept')
})

scene('a second member', async ({ page, db, signIn, shoot }) => {
  const owner = await makeOwner(db)
  const application = await anApplicationRow(db, owner.customerId, { name: 'Ledgerly' })
  const second = await makePerson(db, { name: 'Sven Holm' })
  await aMember(db, application.id, 'credential-manager', { personId: second.id })
  const team = `/applications/${application.id}/team`
  await signIn(page, owner)
  await page.goto(team)
  await page.getByRole('button', { name: 'Turn on' }).click()
  await shoot(page, 'second-member-turn-on')
  await page.getByRole('alertdialog').getByRole('button', { name: 'Turn on' }).click()
  await page.getByText('Revoking never waits.').waitFor()
  const ask = (action: string, subject: string, decided: Partial<typeof approvalRequests.$inferInsert> = {}) =>
    db.insert(approvalRequests).values({
      id: newId('approval'),
      applicationId: application.id,
      environment: 'production',
      action,
      subject,
      requestedBy: owner.id,
      expiresAt: addDays(new Date(), 6),
      ...decided,
    })
  await ask('credentials.rotate', 'overlap 7d, less once unused for 24 h')
  await ask('certificates.submit', 'SHA-256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08')
  await ask('credentials.make', 'without an end', { outcome: 'approved', decidedBy: second.id, decidedAt: new Date() })
  await page.goto(team)
  await shoot(page, 'second-member-asked')
  await signIn(page, second)
  await page.goto(team)
  await shoot(page, 'second-member-decides')
  await page.getByRole('button', { name: /^Approve the request: Rotate/ }).click()
  await shoot(page, 'second-member-approve')
})
