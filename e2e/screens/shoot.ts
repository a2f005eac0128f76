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
      for (const [width, size] of Object.entries(WIDTHS)) {
        await page.setViewportSize(size)
        for (const theme of THEMES) {
          await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
          await page.screenshot({
            path: `${SCREENS}/${name}--${width}-${theme}.png`,
            fullPage: true,
            animations: 'disabled',
          })
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
