import { defineConfig } from '@playwright/test'
import tests from '../../playwright.config'

/** `npm run screenshots`: the scenes of this folder, against the product that the browser tests use, too. */
export default defineConfig({
  ...tests,
  testDir: '.',
  testMatch: '*.scenes.ts',
  outputDir: '../../test-results/screens',
  globalSetup: '../support/start-product.ts',
  reporter: 'line',
  timeout: 180_000,
  projects: [{ name: 'screens' }],
})
