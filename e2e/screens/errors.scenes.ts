import { expect } from '../fixtures'
import { withOwnProduct } from '../support/own-product'
import { scene } from './shoot'

scene('the database is away, and a page that fails', async ({ browser, shoot }) => {
  await withOwnProduct(async ({ product, takeAway, bringBack, signedIn }) => {
    const context = await browser.newContext({ baseURL: product.url })
    await signedIn(context)
    const page = await context.newPage()
    await page.goto('/applications/new')
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Bilancio')
    await takeAway()
    await page.getByRole('button', { name: 'Register application' }).click()
    await expect(page.getByText('The database does not answer').first()).toBeVisible()
    await shoot(page, 'error-form-database-away')
    await page.goto('/applications')
    await expect(page.getByRole('heading', { name: 'The database does not answer' })).toBeVisible()
    await shoot(page, 'error-database-away')
    // The database answers, as far as this page can see: then it is a fault of ours.
    await page.route('**/readyz', (route) => route.fulfill({ json: { status: 'READY' } }))
    await page.goto('/applications')
    await expect(page.getByRole('heading', { name: 'Something went wrong on our side' })).toBeVisible()
    await shoot(page, 'error-fault')
    await bringBack()
    await context.close()
  })
})
