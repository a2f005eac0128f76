import {
  type BrowserContext,
  type BrowserContextOptions,
  test as base,
  expect,
  type Locator,
  type Page,
} from '@playwright/test'
import axe, { type RunOptions } from 'axe-core'
import { type Connected, connectDatabase } from '@/db/client'
import * as factories from '@/db/factories'
import { runningEmbeddedUrl } from '@/server/embedded-postgres'
import { DESKTOP, PHONE } from '../playwright.config'
import * as people from './support/people'

type Database = Connected['db']

export type RegisteredApplication = { application_id: string; client_id: string; client_secret: string; name: string }

type WorkerFixtures = {
  /** Where the product answers, and what it keeps. */
  product: { url: string; dataDir: string; pushPort: number }
  /** The product's own database: for rows that a test needs before it begins, and for moving a deadline into the past. */
  db: Database
}

type Fixtures = {
  /** Console errors that a test brings about on purpose, for example by opening what is not there. */
  expectedErrors: RegExp[]
  /** Another device: a browser of its own, with nothing of this one's. A phone unless told otherwise. */
  openDevice: (options?: BrowserContextOptions) => Promise<Page>
  signIn: (page: Page, person: people.Person, options?: { provedMinutesAgo?: number }) => Promise<void>
  /** An application of that owner, with its first secret. */
  anApplication: (
    owner: people.Owner,
    options?: { name?: string; callback?: string; profile?: 'legacy' | 'standard' | 'fapi2'; scopes?: string[] },
  ) => Promise<RegisteredApplication>
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  product: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from this pattern
    async ({}, use, info) => use(runningProduct(info)),
    { scope: 'worker' },
  ],
  db: [
    async ({ product }, use) => {
      const url = await runningEmbeddedUrl(product.dataDir)
      if (!url) throw new Error('the database of the product does not answer')
      const connected = connectDatabase(url, { prepare: true, max: 2 })
      await use(connected.db)
      await connected.close()
    },
    { scope: 'worker' },
  ],
  baseURL: async ({ product }, use) => use(product.url),
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from this pattern
  expectedErrors: async ({}, use) => use([]),
  context: async ({ context, expectedErrors }, use) => {
    const errors = watch(context)
    await use(context)
    expectNone(errors, expectedErrors)
  },
  openDevice: async ({ browser, product, expectedErrors, contextOptions }, use) => {
    const opened: { context: BrowserContext; errors: string[] }[] = []
    await use(async (options = {}) => {
      const context = await browser.newContext({
        ...contextOptions,
        baseURL: product.url,
        locale: 'en-US',
        timezoneId: 'UTC',
        viewport: PHONE,
        ...options,
      })
      opened.push({ context, errors: watch(context) })
      return context.newPage()
    })
    for (const { context, errors } of opened) {
      await context.close()
      expectNone(errors, expectedErrors)
    }
  },
  signIn: async ({ db, product }, use) =>
    use((page, person, options) => people.signIn(db, page.context(), product.url, person, options)),
  anApplication: async ({ db }, use) =>
    use(async (owner, { name = 'Ledgerly', ...options } = {}) => {
      const made = await factories.anApplication(db, owner.customerId, { name, ...options })
      return { application_id: made.id, client_id: made.clientId, client_secret: made.clientSecret, name }
    }),
})

export { expect }

/** The one that was started for all. */
export function runningProduct({ parallelIndex }: { parallelIndex: number }): WorkerFixtures['product'] {
  const { E2E_URL: url, E2E_DATA_DIR: dataDir, E2E_PUSH_PORTS: ports } = process.env
  if (!url || !dataDir || !ports) throw new Error('the global setup has not started the product')
  return { url, dataDir, pushPort: Number(ports.split(',')[parallelIndex]) }
}

/** Uncaught errors of every page of a context, and whatever its console calls an error. */
function watch(context: BrowserContext): string[] {
  const errors: string[] = []
  context.on('weberror', (error) => errors.push(`uncaught: ${error.error().stack ?? error.error().message}`))
  context.on('console', (message) => {
    if (message.type() === 'error') errors.push(`console: ${message.text()} (${message.location().url})`)
  })
  return errors
}

function expectNone(errors: string[], expected: RegExp[]): void {
  const unexpected = errors.filter((error) => !expected.some((pattern) => pattern.test(error)))
  expect(unexpected, 'errors in the browser').toEqual([])
}

/** What Chromium's console says of a page or call that is answered so. */
export function answered(status: number): RegExp {
  return new RegExp(`the server responded with a status of ${status}`)
}

const RULES: RunOptions = {
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  // On the way from one page to the next there may be none for a moment: it is waited for instead.
  rules: { 'document-title': { enabled: false } },
}

/** axe on the page as it stands, with the rules of WCAG 2.2 AA and axe's own best practices. */
export async function expectNoViolations(page: Page): Promise<void> {
  // What a bar that sticks to the edge half covers would count as too small to touch.
  await page.evaluate(() => scrollTo(0, 0))
  await expect(page).toHaveTitle(/./)
  // Colors are judged as they come to rest, not on their way; a new theme or width is there with the frame after the next.
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await page.evaluate(async () => {
    await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))
    await Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => null)))
  })
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source)
  const told = await page.evaluate(async (options) => {
    // No page has frames, and nothing is described but what axe objects to.
    const { violations } = await (window as unknown as { axe: typeof axe }).axe.run({
      ...options,
      iframes: false,
      resultTypes: ['violations'],
    })
    return violations.map(({ id, help, nodes }) => ({ id, help, where: nodes.map(({ html }) => html.slice(0, 160)) }))
  }, RULES)
  expect(told, `axe on ${page.url()}`).toEqual([])
}

/** The page as it stands, and once more at the other width in the dark theme: every rule at both widths and in both themes. */
export async function expectNoViolationsAnyhow(page: Page): Promise<void> {
  // The same journey at the desk has looked at both widths.
  if (base.info().project.name.endsWith('phone')) return
  const viewport = page.viewportSize() ?? DESKTOP
  await expectNoViolations(page)
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.setViewportSize(viewport.width === PHONE.width ? DESKTOP : PHONE)
  await expectNoViolations(page)
  await expectNoSidewaysScroll(page)
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize(viewport)
}

/** Nothing is wider than the screen: a page never scrolls sideways. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  expect(wider, `${page.url()} is wider than its window`).toBe(0)
}

/** The focus is on something around that element, so that the next Tab goes to it and a screen reader begins there. */
export async function expectFocusAround(element: Locator): Promise<void> {
  const isAround = () =>
    element.evaluate((inner) => document.activeElement !== document.body && document.activeElement?.contains(inner))
  await expect.poll(isAround, 'what appeared has the focus').toBe(true)
}

/** Waits for scripts to answer to it: what is dropped on or picked in a page before that goes to nobody. */
export async function waitForScripts(element: Locator): Promise<void> {
  const isTakenUp = () => element.evaluate((node) => Object.keys(node).some((key) => key.startsWith('__reactProps$')))
  await expect.poll(isTakenUp, 'scripts have taken up the element').toBe(true)
}

/** Holds every script of the page's next load back, as on a slow line; the function lets them through. */
export async function holdScripts(page: Page): Promise<() => void> {
  const { promise: released, resolve: letThrough } = Promise.withResolvers<void>()
  await page.route('**/*.js', async (route) => {
    await released
    await route.continue()
  })
  return letThrough
}

type Mail = { to: string; subject: string; text: string; at: string }

/** What a product in demo mode has sent, oldest first. */
export async function mailsIn(product: { url: string }): Promise<Mail[]> {
  const mails = (await (await fetch(`${product.url}/dev/mailbox.json`)).json()) as Mail[]
  return mails.toSorted((a, b) => (a.at < b.at ? -1 : 1))
}

/** The newest mail to an address, once it is there. */
export async function newestMail(product: { url: string }, to: string, subject: string): Promise<Mail> {
  let found: Mail | undefined
  await expect(async () => {
    found = (await mailsIn(product)).findLast((mail) => mail.to === to && mail.subject === subject)
    expect(found?.to, `a mail to ${to}: ${subject}`).toBe(to)
  }).toPass({ timeout: 10_000 })
  return found as Mail
}

export function codeOf(mail: Mail): string {
  return /\b\d{6}\b/.exec(mail.text)?.[0] ?? ''
}

export function linkOf(mail: Mail): string {
  return /https?:\/\/\S+/.exec(mail.text)?.[0] ?? ''
}
