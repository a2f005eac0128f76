import type { Database } from '@/db/client'
import { certificateRefusals } from '@/db/schema/handshakes'
import { tokenFamilies } from '@/db/schema/oauth'
import { newFamilyId } from '@/lib/core/new-family-id'
import { expect, type RegisteredApplication } from '../fixtures'
import { makeOwner, makeViewer } from '../support/people'
import { scene } from './shoot'

scene('certificates of an application', async ({ page, db, signIn, anApplication, shoot }) => {
  const owner = await makeOwner(db)
  const application = await anApplication(owner)
  await signIn(page, owner)
  const base = `/applications/${application.application_id}/certificates`
  await page.goto(base)
  await shoot(page, 'portal-certificates-empty')
  await page.goto(`${base}/sandbox`)
  await shoot(page, 'portal-certificate-sandbox')

  async function make(kind: string) {
    await page.goto(`${base}/sandbox`)
    await page.getByRole('radio', { name: kind }).check()
    await page.getByRole('checkbox', { name: /PSP_AI/ }).check()
    await page.getByRole('button', { name: 'Make certificate' }).click()
    await expect(page.getByRole('button', { name: 'Submit this chain' })).toBeVisible()
  }

  async function check() {
    await page.getByRole('button', { name: 'Submit this chain' }).click()
    await page.getByRole('button', { name: 'Check chain' }).click()
    await expect(page.getByText(/^This chain (is sound|is refused)$/)).toBeVisible()
  }

  await make('Broken: wrong usage')
  await shoot(page, 'portal-certificate-made-broken')
  await check()
  await shoot(page, 'portal-certificate-rejected')
  await make('Broken: reversed')
  await check()
  await shoot(page, 'portal-certificate-reversed')
  await page.goto(`${base}/submit`)
  await shoot(page, 'portal-certificate-submit')
  await page.getByLabel('Certificate chain').fill('-----BEGIN PRIVATE KEY-----')
  await page.getByRole('button', { name: 'Check chain' }).click()
  await shoot(page, 'portal-certificate-private-key')

  for (const round of ['first', 'second']) {
    await make('One that works')
    if (round === 'first') await shoot(page, 'portal-certificate-made')
    await check()
    if (round === 'second') await page.getByRole('radio', { name: 'End at a cut-over' }).check()
    if (round === 'second')
      await page
        .getByRole('textbox', { name: 'Cut-over' })
        .fill(new Date(Date.now() + 1_000_000_000).toISOString().slice(0, 16))
    await shoot(page, `portal-certificate-checked-${round}`)
    await page.getByRole('button', { name: 'Submit chain' }).click()
    await expect(page.getByText('The chain is active')).toBeVisible()
    if (round === 'first') await shoot(page, 'portal-certificate-submitted')
  }
  await page.goto(base)
  await page.getByRole('button', { name: 'Make a calendar address' }).click()
  await expect(page.getByRole('textbox', { name: 'Calendar address' })).toBeVisible()
  await shoot(page, 'portal-certificates')
  const at = new Date()
  const refused = {
    applicationId: application.application_id,
    environment: 'sandbox',
    address: '192.0.2.17',
    firstAt: at,
  }
  await db.insert(certificateRefusals).values([
    {
      ...refused,
      code: 'certificate-untrusted',
      laidBy: 'application-key',
      leafSha256: Buffer.alloc(32, 7),
      subject: `O=Somebody, CN=${'a very long name '.repeat(5)}`,
      issuer: 'O=Another Trust Services Provider, CN=Another Issuing CA G2',
      protocol: 'TLSv1.3',
      lastAt: at,
      times: 12,
    },
    {
      ...refused,
      code: 'certificate-missing',
      laidBy: 'application-key',
      leafSha256: Buffer.alloc(0),
      subject: '',
      issuer: '',
      lastAt: new Date(at.getTime() - 3_600_000),
      times: 1,
    },
  ])
  await page.goto(base)
  const ending = page.getByRole('listitem').filter({ hasText: 'Ending' }).getByRole('link')
  await bindTokens(db, application, ((await ending.getAttribute('href')) ?? '').split('/').at(-1) ?? '')
  await page.reload()
  await shoot(page, 'portal-certificates-bound')
  await ending.click()
  await expect(page.getByRole('button', { name: 'Revoke chain' })).toBeVisible()
  await shoot(page, 'portal-certificate-ending')
  await page.getByRole('button', { name: 'Revoke chain' }).click()
  await shoot(page, 'portal-certificate-revoke')
  await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke chain' }).click()
  await expect(page.getByRole('alertdialog')).toBeHidden()
  await shoot(page, 'portal-certificate-revoked')
  await page.goto(base)
  await shoot(page, 'portal-certificates-over')
  await signIn(page, await makeViewer(db, owner.customerId))
  for (const path of ['', '/submit', '/sandbox']) {
    await page.goto(`${base}${path}`)
    await shoot(page, `portal-certificates${path.replace('/', '-')}-viewer`)
  }
})

/** Tokens that live on a chain: twelve of the application, three grants that refresh. */
async function bindTokens(db: Database, application: RegisteredApplication, chainId: string): Promise<void> {
  const rows = Array.from({ length: 15 }, (_, n) => ({
    id: newFamilyId(Date.now()),
    applicationId: application.application_id,
    environment: 'sandbox',
    chainId,
    scopes: ['app'],
    accessHash: Buffer.alloc(32, n),
    ...(n < 3 ? { refreshKey: BigInt(n), refreshHash: Buffer.alloc(32, n) } : {}),
    expiresAt: new Date(Date.now() + 3_600_000),
  }))
  await db.insert(tokenFamilies).values(rows)
}
