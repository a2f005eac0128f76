import { mkdir } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import { DESKTOP, PHONE } from '../../playwright.config'
import { test as base } from '../fixtures'

export const SCREENS = 'artifacts/screens'
const WIDTHS = { desktop: DESKTOP, phone: PHONE }
const THEMES = ['light', 'dark'] as const

type Shoot = (page: Page, name: string) => Promise<void>

/** `shoot` takes what a page shows now at both widths and in both themes, without loading it anew. */
export const scene = base.extend<{ shoot: Shoot; tolerant: undefined }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from this pattern
  shoot: async ({}, use) => {
    await mkdir(SCREENS, { recursive: true })
    await use(async (page, name) => {
      const before = page.viewportSize()
      const dialogs = page.getByRole('dialog').or(page.getByRole('alertdialog'))
      for (const [width, size] of Object.entries(WIDTHS)) {
        await page.setViewportSize(size)
        // As high as its content, so that what sticks to an edge is at that edge; a dialog stands in a window as it is.
        const height = await page.evaluate(() => document.documentElement.scrollHeight)
        if ((await dialogs.count()) === 0)
          await page.setViewportSize({ ...size, height: Math.max(size.height, height) })
        for (const theme of THEMES) {
          await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
          await page.screenshot({ path: `${SCREENS}/${name}--${width}-${theme}.png`, animations: 'disabled' })
        }
      }
      await page.emulateMedia({ colorScheme: 'light' })
      if (before) await page.setViewportSize(before)
    })
  },
  // Scenes show errors on purpose.
  tolerant: [
    async ({ expectedErrors }, use) => {
      expectedErrors.push(/Failed to load resource/)
      await use(undefined)
    },
    { auto: true },
  ],
})
