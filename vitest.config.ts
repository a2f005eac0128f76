import path from 'node:path'
import { defineConfig } from 'vitest/config'

// What keeps state in its modules, or puts others in their place, has them for itself.
const APART = [
  'server/{both-mounts,cli,jobs,listen,listeners,start}.test.ts',
  'server/{clients,tls}/*.test.ts',
  'lib/http/{form-action,route}.test.ts',
]

const DRIZZLE = ['drizzle-orm', 'drizzle-orm/migrator', 'drizzle-orm/pg-core', 'drizzle-orm/postgres-js']

export default defineConfig({
  resolve: { alias: { '@': path.resolve('.') } },
  test: {
    globalSetup: ['db/testing-setup.ts'],
    setupFiles: ['db/testing-environment.ts'],
    pool: 'forks',
    // Node reads a package's description anew for each of its files: one file of it takes a tenth of the time.
    deps: { optimizer: { ssr: { enabled: true, include: DRIZZLE } } },
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
          include: ['{server,lib,app,db,components,scripts}/**/*.test.{ts,tsx}'],
          exclude: APART,
          isolate: false,
        },
      },
    ],
  },
})
