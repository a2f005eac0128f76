import path from 'node:path'
import { defineConfig } from 'vitest/config'

// What keeps state in its modules, or puts others in their place, has them for itself.
const APART = ['server/**/*.test.ts', 'lib/http/form-action.test.ts', 'lib/http/route.test.ts']

export default defineConfig({
  resolve: { alias: { '@': path.resolve('.') } },
  test: {
    globalSetup: ['db/testing-setup.ts'],
    setupFiles: ['db/testing-environment.ts'],
    pool: 'forks',
    // One more than the cores of a small machine: some tests wait for a deadline to pass.
    maxWorkers: 3,
    testTimeout: 20_000,
    hookTimeout: 60_000,
    projects: [
      { test: { name: 'apart', include: APART, isolate: true } },
      // Files of one worker share its modules, which are most of what a file costs.
      {
        test: {
          name: 'shared',
          include: ['{lib,app,db,components,scripts}/**/*.test.{ts,tsx}'],
          exclude: APART,
          isolate: false,
        },
      },
    ],
  },
})
