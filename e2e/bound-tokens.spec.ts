import { aCertificateChain, anAnchor } from '@/db/factories'
import { tokenFamilies } from '@/db/schema/oauth'
import { makeAuthority, makeClientChain } from '@/lib/certificates/testing/make-client-chain'
import { newFamilyId } from '@/lib/core/new-family-id'
import { expect, expectNoViolationsAnyhow, test } from './fixtures'
import { makeOwner } from './support/people'

test('while a chain is ending, its pages tell how many tokens live on it', async ({
  page,
  db,
  signIn,
  anApplication,
}) => {
  const owner = await makeOwner(db)
  const made = await anApplication(owner)
  const application = { id: made.application_id, environment: 'sandbox' as const }
  const now = Date.now()
  const root = makeAuthority('Root of a client', new Date(now))
  await anAnchor(db, root.der)
  const ending = await aCertificateChain(db, application, makeClientChain({ root }), {
    endsAt: new Date(now + 86_400_000),
    report: { verdict: 'accept', findings: [], certificates: [] },
  })
  const family = (n: number) => ({
    id: newFamilyId(now),
    applicationId: application.id,
    environment: application.environment,
    chainId: ending.id,
    scopes: ['app'],
    accessHash: Buffer.alloc(32, n),
    ...(n === 0 ? { refreshKey: 1n, refreshHash: Buffer.alloc(32, 1) } : {}),
    expiresAt: new Date(now + 3_600_000),
  })
  await db.insert(tokenFamilies).values([0, 1, 2, 3].map(family))

  await signIn(page, owner)
  await page.goto(`/applications/${application.id}/certificates`)
  const words = '3 access tokens and 1 grant that refreshes'
  const row = page.getByRole('listitem').filter({ hasText: words })
  await expect(row).toContainText('Ending')
  await expectNoViolationsAnyhow(page)
  await row.getByRole('link').click()
  await expect(page.getByText(words).first()).toBeVisible()
  await expect(page.getByText('They live until they expire')).toBeVisible()
  await expectNoViolationsAnyhow(page)
  await page.getByRole('button', { name: 'Revoke chain' }).click()
  await expect(page.getByRole('alertdialog')).toContainText(`Dead at once: ${words}.`)
})
