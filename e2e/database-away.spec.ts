import { expect, expectNoViolations, test } from './fixtures'
import { withOwnProduct } from './support/own-product'

test('while the database is away a page says so, comes back by itself, and a form keeps what was typed', async ({
  browser,
  contextOptions,
}) => {
  test.setTimeout(180_000)
  await withOwnProduct(async ({ product, takeAway, bringBack, signedIn }) => {
    const context = await browser.newContext({ ...contextOptions, baseURL: product.url })
    await signedIn(context)
    const page = await context.newPage()
    await page.goto('/applications/new')
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Bilancio')
    await page.getByLabel('Description').fill('Reads what you ask it to.')
    const other = await context.newPage()

    await takeAway()
    await page.getByRole('button', { name: 'Register application' }).click()
    await expect(page.getByText('The database does not answer').first()).toBeVisible()
    await expect(page.getByRole('textbox', { name: 'Name', exact: true })).toHaveValue('Bilancio')
    await expect(page.getByLabel('Description')).toHaveValue('Reads what you ask it to.')

    await other.goto('/applications')
    await expect(other.getByRole('heading', { name: 'The database does not answer' })).toBeVisible()
    await expectNoViolations(other)

    await bringBack()
    await expect(other.getByRole('heading', { level: 1, name: 'Applications' })).toBeVisible({ timeout: 30_000 })
    await page.getByRole('button', { name: 'Register application' }).click()
    await expect(page.getByRole('heading', { level: 1, name: 'Bilancio' })).toBeVisible()
    await other.reload()
    await expect(other.getByRole('link', { name: 'Bilancio' })).toHaveCount(1)
    await context.close()
  })
})
