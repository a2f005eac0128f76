import path from 'node:path'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { alias: { '@': path.resolve('.') } },
  test: {
    include: ['{lib,app,server,db,components,scripts}/**/*.test.{ts,tsx}'],
    globalSetup: ['db/testing-setup.ts'],
    setupFiles: ['db/testing-environment.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
})
