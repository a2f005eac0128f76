import type { Page } from '@playwright/test'
import { aKey } from '@/lib/certificates/testing/make-certificate'
import { makeChain } from '@/lib/certificates/testing/make-chain'
import { explicit, integer, octets, oid, sequence } from '@/lib/certificates/testing/write-der'
import { expect, expectNoViolationsAnyhow, test, waitForScripts } from './fixtures'
import { makeOwner } from './support/people'

const sound = makeChain()
const key = aKey().privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
// PKCS#12: version 3, and an authenticated safe.
const keyStore = sequence(integer(3), sequence(oid('1.2.840.113549.1.7.1'), explicit(0, octets(Buffer.alloc(200, 7)))))

for (const where of ['the page for anybody', 'the page to submit'] as const) {
  test.describe(where, () => {
    let sent: string[]

    test.beforeEach(async ({ page, db, signIn, anApplication, context }) => {
      await context.grantPermissions(['clipboard-read', 'clipboard-write'])
      let path = '/docs/certificates'
      if (where === 'the page to submit') {
        const owner = await makeOwner(db)
        await signIn(page, owner)
        path = `/applications/${(await anApplication(owner)).application_id}/certificates/submit`
      }
      await page.goto(path)
      await waitForScripts(page.getByLabel('Certificate chain'))
      sent = []
      page.on('request', (request) => {
        if (request.method() === 'POST') sent.push(request.url())
      })
    })

    test('a key store and a huge file have their own answers, and do not leave the browser', async ({ page }) => {
      const notice = page.getByRole('main').getByRole('alert')
      await pick(page, 'client.p12', keyStore)
      await expect(notice).toContainText('This is a key store')
      await expect(notice).toContainText('openssl pkcs12 -in FILE -nokeys -out chain.pem')
      await expectNoViolationsAnyhow(page)
      await pick(page, 'disk.img', Buffer.alloc(3 * 1024 * 1024, 5))
      await expect(notice).toContainText('larger than 256 KiB')
      expect(await filesIn(page)).toBe(0)
      await page.getByLabel('Certificate chain').focus()
      await page.getByLabel('Certificate chain').blur()
      await expect(notice).toContainText('larger than 256 KiB')
      expect(sent).toEqual([])
    })

    test('what came last is what is checked: text typed or pasted takes the place of a file', async ({ page }) => {
      const field = page.getByLabel('Certificate chain')
      for (const enter of [() => field.fill(sound.pem), () => paste(page, sound.pem)]) {
        await pick(page, 'leaf.der', sound.leaf)
        await expect(page.getByText('leaf.der is not PEM text')).toBeVisible()
        expect(await filesIn(page)).toBe(1)
        await enter()
        expect(await filesIn(page)).toBe(0)
        await expect(page.getByText('leaf.der')).toHaveCount(0)
      }
      await page.getByRole('button', { name: 'Check chain' }).click()
      const report = page.getByLabel('Report')
      await expect(report.getByText('This chain needs a review')).toBeVisible()
      await expect(report.getByText('format-der')).toHaveCount(0)
    })

    test('a private key that is pasted is stopped, and the notice stays until another chain is taken', async ({
      page,
    }) => {
      const field = page.getByLabel('Certificate chain')
      const notice = page.getByRole('main').getByRole('alert')
      await paste(page, sound.pem + key)
      await expect(notice).toContainText('This holds a private key')
      await expect(notice).toContainText('Treat it as leaked')
      await expect(field).toHaveValue('')
      await field.blur()
      await expect(notice).toBeVisible()
      await paste(page, sound.pem)
      await expect(notice).toHaveCount(0)
      await expect(field).toHaveValue(sound.pem)
      expect(sent).toEqual([])
    })
  })
}

async function pick(page: Page, name: string, buffer: Buffer): Promise<void> {
  await page.getByLabel('Chain file').setInputFiles({ name, mimeType: 'application/octet-stream', buffer })
}

async function filesIn(page: Page): Promise<number | undefined> {
  return page.getByLabel('Chain file').evaluate((input: HTMLInputElement) => input.files?.length)
}

/** From the clipboard, with the keyboard, as a person does. */
async function paste(page: Page, text: string): Promise<void> {
  await page.evaluate((value) => navigator.clipboard.writeText(value), text)
  const field = page.getByLabel('Certificate chain')
  await field.press('ControlOrMeta+A')
  await field.press('ControlOrMeta+V')
}
