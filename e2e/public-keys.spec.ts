import { execFile } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect, expectNoViolationsAnyhow, test, waitForScripts } from './fixtures'
import { makeOwner, makeViewer } from './support/people'

const run = promisify(execFile)

function aPair() {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return {
    publicPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    privatePem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicJwk: JSON.stringify(publicKey.export({ format: 'jwk' })),
  }
}

test('a public key is added, fetches a token by the line beside it, is replaced and revoked', async ({
  page,
  db,
  signIn,
  anApplication,
}) => {
  const owner = await makeOwner(db)
  const application = await anApplication(owner)
  const pair = aPair()
  const section = page.getByRole('region', { name: 'Public keys' })
  const row = (kid: string) => section.getByRole('row').filter({ hasText: kid })
  await signIn(page, owner)
  await page.goto(`/applications/${application.application_id}/credentials`)
  await expect(section.getByText('No public keys yet')).toBeVisible()
  await expectNoViolationsAnyhow(page)

  await test.step('add it from a file', async () => {
    const picker = section.getByLabel('Choose a file')
    await waitForScripts(picker)
    const buffer = Buffer.from(pair.publicPem)
    await picker.setInputFiles({ name: 'public.pem', mimeType: 'application/x-pem-file', buffer })
    await expect(section.getByText('public.pem was read.')).toBeVisible()
    await section.getByLabel('Name in the header').fill('spring')
    await section.getByRole('button', { name: 'Add public key' }).click()
    await expect(section.getByText('Added.', { exact: true })).toBeVisible()
    await expect(row('spring')).toContainText('Active')
    await expect(section.getByLabel('Public key', { exact: true })).toHaveValue('')
  })

  const call = await test.step('the line fetches a token as it stands', async () => {
    await section.getByText('Get a token with a key').click()
    const line = (await section.getByText(/^ASSERTION=/).textContent()) ?? ''
    const directory = await mkdtemp(path.join(os.tmpdir(), 'countersign-key-'))
    await writeFile(path.join(directory, 'private.pem'), pair.privatePem)
    const answer = async () => JSON.parse((await run('/bin/sh', ['-c', line], { cwd: directory })).stdout)
    expect(await answer()).toMatchObject({ token_type: 'Bearer', expires_in: 3600, scope: 'app' })
    await expectNoViolationsAnyhow(page)
    return { answer, end: () => rm(directory, { recursive: true, force: true }) }
  })

  await test.step('another takes over, with an overlap', async () => {
    await section.getByLabel('Public key', { exact: true }).fill(aPair().publicJwk)
    await section.getByLabel('Name in the header').fill('summer')
    await section.getByLabel('The keys that are live now').selectOption('24h')
    await section.getByRole('button', { name: 'Add public key' }).click()
    await expect(row('summer')).toContainText('Active')
    await expect(row('spring')).toContainText('Ending')
    expect(await call.answer()).toMatchObject({ token_type: 'Bearer' })
  })

  await test.step('revoked, it is worth nothing', async () => {
    await section.getByRole('button', { name: 'Revoke key spring' }).click()
    const dialog = page.getByRole('alertdialog')
    await expect(dialog.getByRole('button', { name: 'Keep it' })).toBeFocused()
    await expectNoViolationsAnyhow(page)
    await dialog.getByRole('button', { name: 'Revoke key' }).click()
    await expect(dialog).toBeHidden()
    await expect(row('spring')).toContainText('Revoked')
    expect(await call.answer()).toMatchObject({ error: 'invalid_client' })
    await call.end()
  })
})

test('a private key does not leave the browser, and what is no key is told in place', async ({
  page,
  db,
  signIn,
  anApplication,
}) => {
  const owner = await makeOwner(db)
  const application = await anApplication(owner)
  await signIn(page, owner)
  await page.goto(`/applications/${application.application_id}/credentials`)
  const field = page.getByLabel('Public key', { exact: true })
  await waitForScripts(field)
  const posts: string[] = []
  page.on('request', (request) => void (request.method() === 'POST' && posts.push(request.url())))
  await field.fill(aPair().privatePem)
  await page.getByRole('button', { name: 'Add public key' }).click()
  await expect(page.getByText('That was a private key. It has not left your browser.')).toBeVisible()
  await expect(field).toHaveValue('')
  expect(posts).toEqual([])

  await field.fill('my key')
  await page.getByRole('button', { name: 'Add public key' }).click()
  await expect(page.getByRole('link', { name: /This is neither JSON nor PEM/ })).toBeVisible()
  await expect(field).toHaveValue('my key')
  await expectNoViolationsAnyhow(page)
})

test('a key is added before scripts have loaded, and asks for a fresh proof when the last one is old', async ({
  db,
  signIn,
  openDevice,
  anApplication,
  page,
}) => {
  const owner = await makeOwner(db)
  const application = await anApplication(owner)
  const address = `/applications/${application.application_id}/credentials`
  const still = await openDevice({ javaScriptEnabled: false })
  await signIn(still, owner)
  await still.goto(address)
  await still.getByLabel('Public key', { exact: true }).fill(aPair().publicPem)
  await still.getByRole('button', { name: 'Add public key' }).click()
  await expect(still.getByText('1 of 10 live.')).toBeVisible()

  await signIn(page, owner, { provedMinutesAgo: 6 })
  await page.goto(address)
  await page.getByLabel('Public key', { exact: true }).fill(aPair().publicPem)
  await page.getByRole('button', { name: 'Add public key' }).click()
  await expect(page.getByRole('dialog', { name: 'Confirm that it is you' })).toBeVisible()

  await signIn(page, await makeViewer(db, owner.customerId))
  await page.goto(address)
  await expect(page.getByRole('button', { name: 'Add public key' })).toHaveCount(0)
  await expect(page.getByRole('region', { name: 'Public keys' }).getByRole('button', { name: /Revoke/ })).toHaveCount(0)
})
