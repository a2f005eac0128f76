import { existsSync } from 'node:fs'
import { defineConfig } from '@playwright/test'

const CHROMIUM = [process.env.CHROMIUM_PATH, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** The system's Chromium where there is one, else the one that Playwright keeps. */
export const executablePath = CHROMIUM.find((file) => file && existsSync(file))

/** The same without what is around a page, push services among it, where it is installed: it takes a third less time. */
const HEADLESS_SHELL = '/usr/bin/chromium-headless-shell'
const light = !process.env.CHROMIUM_PATH && existsSync(HEADLESS_SHELL) ? HEADLESS_SHELL : executablePath

/** No sandbox: tests also run as root and in containers. The rest keeps the browser from talking to anybody but us. */
export const LAUNCH_ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

// Fewer processes and threads: there are two cores for all.
const LIGHTER = ['--in-process-gpu', '--js-flags=--single-threaded']

export const DESKTOP = { width: 1440, height: 900 }
export const PHONE = { width: 390, height: 844 }

const ON_A_PHONE = { viewport: PHONE, isMobile: true, hasTouch: true }

// What a page alone cannot do. A project, because workers that differ in their browser are not shared.
const WHOLE_BROWSER = 'push.spec.ts'
const WHOLE = { launchOptions: { executablePath, args: LAUNCH_ARGUMENTS } }

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results/e2e',
  globalSetup: './e2e/support/start-product.ts',
  fullyParallel: true,
  workers: 2,
  forbidOnly: Boolean(process.env.CI),
  timeout: 45_000,
  expect: { timeout: 10_000 },
  reporter: [[process.env.CI ? 'line' : 'list'], ['json', { outputFile: 'test-results/e2e.json' }]],
  retries: 0,
  use: {
    contextOptions: { reducedMotion: 'reduce' },
    locale: 'en-US',
    timezoneId: 'UTC',
    colorScheme: 'light',
    screenshot: 'only-on-failure',
    // Recording costs a third of the run: --trace=retain-on-failure where a failure needs it.
    trace: 'off',
    launchOptions: {
      executablePath: light,
      args: light === HEADLESS_SHELL ? [...LAUNCH_ARGUMENTS, ...LIGHTER] : LAUNCH_ARGUMENTS,
    },
  },
  projects: [
    { name: 'whole browser', testMatch: WHOLE_BROWSER, use: { viewport: DESKTOP, ...WHOLE } },
    { name: 'whole browser, phone', testMatch: WHOLE_BROWSER, grep: /@phone/, use: { ...ON_A_PHONE, ...WHOLE } },
    { name: 'desktop', testIgnore: WHOLE_BROWSER, use: { viewport: DESKTOP } },
    // What stands otherwise on a phone: the main journey of each area. A rule is shown once, and axe looks at both widths.
    { name: 'phone', testIgnore: WHOLE_BROWSER, grep: /@phone/, use: ON_A_PHONE },
  ],
})
