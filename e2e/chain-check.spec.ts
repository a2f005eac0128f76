import type { Page } from '@playwright/test'
import { aKey, toPem } from '@/lib/certificates/testing/make-certificate'
import { makeChain } from '@/lib/certificates/testing/make-chain'
import { expect, expectNoViolationsAnyhow, test, waitForScripts } from './fixtures'

const sound = makeChain({
  leaf: { notAfter: new Date('2048-01-01T00:00:00Z') },
  intermediates: [{ notAfter: new Date('2049-01-01T00:00:00Z') }],
  root: { notAfter: new Date('2049-06-01T00:00:00Z') },
})
const reversed = toPem(...[...sound.all].reverse())
const key = aKey().privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()

async function openCheck(page: Page): Promise<void> {
  await page.goto('/docs/certificates')
  await waitForScripts(page.getByLabel('Certificate chain'))
}

test('a chain is checked without an account, its faults named and its right order offered', async ({ page }) => {
  await openCheck(page)
  await page.getByLabel('Certificate chain').fill(reversed)
  await page.getByRole('button', { name: 'Check chain' }).click()
  const report = page.getByRole('region', { name: 'Report' })
  await expect(report.getByText('This chain is refused')).toBeVisible()
  await expect(report.getByRole('link', { name: 'order-reversed' })).toHaveAttribute(
    'href',
    '/docs/certificates#order-reversed',
  )
  await expect(report.getByText('wanted at position 3')).toBeVisible()
  await expect(page.getByLabel('Certificate chain')).toHaveValue(reversed)
  const download = page.waitForEvent('download')
  await report.getByRole('link', { name: 'Download it in the right order' }).click()
  const stream = await (await download).createReadStream()
  let text = ''
  for await (const chunk of stream) text += chunk
  expect(text).toBe(sound.pem)
  await expectNoViolationsAnyhow(page)
})

test('a file is picked or dropped; one that is no text gets the answer of its format', async ({ page }) => {
  await openCheck(page)
  await page
    .getByLabel('Chain file')
    .setInputFiles({ name: 'chain.pem', mimeType: 'application/x-pem-file', buffer: Buffer.from(sound.pem) })
  await expect(page.getByLabel('Certificate chain')).toHaveValue(sound.pem)
  await page.getByRole('button', { name: 'Check chain' }).click()
  const report = page.getByRole('region', { name: 'Report' })
  await expect(report.getByText('This chain needs a review')).toBeVisible()

  const transfer = await page.evaluateHandle(
    (bytes) => {
      const data = new DataTransfer()
      data.items.add(new File([new Uint8Array(bytes)], 'leaf.der'))
      return data
    },
    [...sound.leaf],
  )
  await page.getByLabel('Certificate chain').dispatchEvent('drop', { dataTransfer: transfer })
  await expect(page.getByText('leaf.der')).toBeVisible()
  await page.getByRole('button', { name: 'Check chain' }).click()
  await expect(report.getByRole('link', { name: 'format-der' })).toBeVisible()
  // Checked again, it is still there.
  await page.getByRole('button', { name: 'Check chain' }).click()
  await expect(report.getByRole('link', { name: 'format-der' })).toBeVisible()
  expect(await page.getByLabel('Chain file').evaluate((input: HTMLInputElement) => input.files?.length)).toBe(1)
})

test('a private key is stopped in the browser: no request leaves', async ({ page }) => {
  await openCheck(page)
  const sent: string[] = []
  page.on('request', (request) => {
    if (request.method() === 'POST') sent.push(request.url())
  })
  const field = page.getByLabel('Certificate chain')
  await page
    .getByLabel('Chain file')
    .setInputFiles({ name: 'all.pem', mimeType: 'text/plain', buffer: Buffer.from(sound.pem + key) })
  const notice = page.getByRole('main').getByRole('alert')
  await expect(notice).toContainText('This holds a private key')
  await expect(field).toHaveValue('')
  await field.fill(sound.pem + key)
  await field.blur()
  await expect(field).toHaveValue('')
  expect(sent).toEqual([])
})
