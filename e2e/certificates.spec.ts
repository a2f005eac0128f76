import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import type { Page } from '@playwright/test'
import {
  expect,
  expectNoViolations,
  expectNoViolationsAnyhow,
  type RegisteredApplication,
  test,
  waitForScripts,
} from './fixtures'
import { makeOwner, makeViewer } from './support/people'

const run = promisify(execFile)

function addressOf(application: RegisteredApplication, path = ''): string {
  return `/applications/${application.application_id}/certificates${path}`
}

/** Makes a sandbox certificate in the browser, as a person does; its chain as PEM. */
async function makeCertificate(page: Page, application: RegisteredApplication, kind = 'One that works') {
  await page.goto(addressOf(application, '/sandbox'))
  await page.getByRole('radio', { name: kind }).check()
  await page.getByRole('checkbox', { name: /PSP_AI/ }).check()
  await page.getByRole('button', { name: 'Make certificate' }).click()
  await expect(page.getByRole('button', { name: 'Submit this chain' })).toBeVisible()
  return (await page.getByRole('region', { name: 'Chain to submit' }).textContent()) ?? ''
}

/** As a file that is let go of over the box. */
async function dropFile(page: Page, name: string, content: string): Promise<void> {
  await waitForScripts(page.getByTestId('drop'))
  const transfer = await page.evaluateHandle(
    ([fileName, text]) => {
      const data = new DataTransfer()
      data.items.add(new File([text as string], fileName as string))
      return data
    },
    [name, content],
  )
  await page.getByTestId('drop').dispatchEvent('drop', { dataTransfer: transfer })
}

async function submitByDrop(page: Page, application: RegisteredApplication, chain: string): Promise<void> {
  await page.goto(addressOf(application, '/submit'))
  await dropFile(page, 'chain.pem', chain)
  await expect(page.getByText('chain.pem was read.')).toBeVisible()
  await page.getByRole('button', { name: 'Check chain' }).click()
  await expect(page.getByText('This chain is sound')).toBeVisible()
}

test('a certificate made in the browser is submitted, replaced by a second one, and revoked', {
  tag: '@phone',
}, async ({ page, db, signIn, anApplication }) => {
  const application = await anApplication(await ownerSignedIn())

  async function ownerSignedIn() {
    const owner = await makeOwner(db)
    await signIn(page, owner)
    return owner
  }

  await test.step('nothing yet, and what it is for', async () => {
    await page.goto(addressOf(application))
    await expect(page.getByText('No certificate chains yet')).toBeVisible()
    await expectNoViolations(page)
  })

  const chain = await makeCertificate(page, application)

  await test.step('the key store opens with its password', async () => {
    await page.getByLabel('Password for a key store').fill('a long pass phrase')
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download key store' }).click(),
    ])
    expect(download.suggestedFilename()).toBe('sandbox-working.p12')
    const { stdout } = await run('openssl', [
      'pkcs12',
      '-in',
      await download.path(),
      '-passin',
      'pass:a long pass phrase',
      '-nodes',
    ])
    expect(stdout).toContain('BEGIN PRIVATE KEY')
    expect(stdout.match(/BEGIN CERTIFICATE/g)).toHaveLength(3)
    await expectNoViolations(page)
  })

  await test.step('the first is active at once', async () => {
    await submitByDrop(page, application, chain)
    await expectNoViolations(page)
    await page.getByRole('button', { name: 'Submit chain' }).click()
    await expect(page.getByText('The chain is active')).toBeVisible()
    await page.getByRole('link', { name: 'Show the chain' }).click()
    await expect(page.getByText('PSP_AI')).toBeVisible()
    await expectNoViolations(page)
    await page.goto(addressOf(application))
    await expect(page.getByText('Calls need a certificate')).toBeVisible()
  })

  await test.step('the second takes over at a cut-over', async () => {
    const next = await makeCertificate(page, application)
    await page.getByRole('button', { name: 'Submit this chain' }).click()
    await expect(page.getByLabel('Certificate chain')).toHaveValue(next)
    await page.getByRole('button', { name: 'Check chain' }).click()
    await page.getByRole('radio', { name: 'End at a cut-over' }).check()
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 16)
    await page.getByRole('textbox', { name: 'Cut-over' }).fill(tomorrow)
    await page.getByRole('button', { name: 'Submit chain' }).click()
    await expect(page.getByText('The chain is active')).toBeVisible()
    await page.goto(addressOf(application))
    const rows = page
      .getByRole('main')
      .getByRole('listitem')
      .filter({ hasText: `TEST ${application.application_id}` })
    await expect(rows).toHaveCount(2)
    await expect(rows.filter({ hasText: 'Ending' })).toHaveCount(1)
    await expectNoViolations(page)
  })

  await test.step('a calendar program reads the dates without a session', async () => {
    await page.getByRole('button', { name: 'Make a calendar address' }).click()
    const address = await page.getByRole('textbox', { name: 'Calendar address' }).inputValue()
    const { pathname } = new URL(address)
    const answer = await fetch(new URL(pathname, page.url()))
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store'])
    expect(await answer.text()).toMatch(/^BEGIN:VCALENDAR[\s\S]+cut-over/)
    const unknown = await fetch(new URL(pathname.replace(/[^/]{43}/, 'x'.repeat(43)), page.url()))
    expect(unknown.status).toBe(404)
  })

  await test.step('revoked, it is over', async () => {
    await page.getByRole('listitem').filter({ hasText: 'Ending' }).getByRole('link').click()
    await page.getByRole('button', { name: 'Revoke chain' }).click()
    const dialog = page.getByRole('alertdialog')
    await expect(dialog.getByText('1 other certificate stays active.')).toBeVisible()
    await expect(dialog.getByRole('button', { name: 'Keep it' })).toBeFocused()
    await dialog.getByRole('button', { name: 'Revoke chain' }).click()
    await expect(dialog).toBeHidden()
    await expect(page.getByText('Revoked', { exact: true }).first()).toBeVisible()
    await expect(page.getByRole('button', { name: 'Revoke chain' })).toHaveCount(0)
  })
})

test('a private key does not leave the browser', async ({ page, db, signIn, anApplication }) => {
  const owner = await makeOwner(db)
  const application = await anApplication(owner)
  await signIn(page, owner)
  await makeCertificate(page, application)
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download key and chain (PEM)' }).click(),
  ])
  const withKey = await readFile(await download.path(), 'utf8')
  expect(withKey).toContain('BEGIN PRIVATE KEY')
  await page.goto(addressOf(application, '/submit'))
  const sent: string[] = []
  page.on('request', (request) => request.method() === 'POST' && sent.push(request.postData() ?? ''))
  await dropFile(page, 'all.pem', withKey)
  await expect(page.getByRole('alert').filter({ hasText: 'This holds a private key' })).toBeVisible()
  await expect(page.getByLabel('Certificate chain')).toHaveValue('')
  await page.getByLabel('Certificate chain').fill(withKey)
  await page.getByRole('button', { name: 'Check chain' }).click()
  await expect(page.getByRole('alert').filter({ hasText: 'This holds a private key' })).toBeVisible()
  await expect(page.getByLabel('Certificate chain')).toHaveValue('')
  expect(sent).toEqual([])
  await expectNoViolationsAnyhow(page)
})

test('broken chains are refused with what is wrong; a reversed one is put in order on request', async ({
  page,
  db,
  signIn,
  anApplication,
}) => {
  const owner = await makeOwner(db)
  const application = await anApplication(owner)
  await signIn(page, owner)
  for (const [kind, code] of [
    ['Broken: revoked', 'revoked'],
    ['Broken: expired', 'expired'],
    ['Broken: incomplete', 'intermediate-missing'],
    ['Broken: wrong usage', 'server-auth-only'],
  ] as const) {
    await makeCertificate(page, application, kind)
    await page.getByRole('button', { name: 'Submit this chain' }).click()
    await page.getByRole('button', { name: 'Check chain' }).click()
    await expect(page.getByText('This chain is refused')).toBeVisible()
    await expect(page.getByRole('main').getByText(code, { exact: true })).toBeVisible()
    await expect(page.getByRole('button', { name: 'Submit chain' })).toHaveCount(0)
  }
  await makeCertificate(page, application, 'Broken: reversed')
  await page.getByRole('button', { name: 'Submit this chain' }).click()
  await page.getByRole('button', { name: 'Check chain' }).click()
  await page.getByRole('button', { name: 'Reorder for me' }).click()
  await page.getByRole('button', { name: 'Check chain' }).click()
  await expect(page.getByText('This chain is sound')).toBeVisible()
})

test('a colleague who may only look finds no way to submit or revoke', async ({ page, db, signIn, anApplication }) => {
  const owner = await makeOwner(db)
  const application = await anApplication(owner)
  await signIn(page, await makeViewer(db, owner.customerId))
  for (const path of ['', '/submit', '/sandbox']) {
    await page.goto(addressOf(application, path))
    await expect(page.getByText(/you can look, but not/)).toBeVisible()
    await expect(page.getByRole('main').getByRole('button', { name: /^(Check|Make|Submit|Revoke)/ })).toHaveCount(0)
    await expectNoViolationsAnyhow(page)
  }
})
