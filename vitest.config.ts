import path from 'node:path'
import { defineConfig } from 'vitest/config'

// What starts products and listeners as they are run, on PostgreSQL itself.
const DIRECT = ['server/{both-mounts,cli,listeners,start}.test.ts', 'server/tls/*.test.ts']
// What keeps state in its modules, or puts others in their place, has them for itself.
const APART = ['server/{jobs,listen}.test.ts', 'server/clients/*.test.ts', 'lib/http/{form-action,route}.test.ts']

const DRIZZLE = ['drizzle-orm', 'drizzle-orm/migrator', 'drizzle-orm/pg-core', 'drizzle-orm/postgres-js']

export default defineConfig({
  resolve: { alias: { '@': path.resolve('.') } },
  test: {
    globalSetup: ['db/testing-setup.ts'],
    setupFiles: ['db/testing-environment.ts'],
    pool: 'forks',
    // Node reads a package's description anew for each of its files: one file of it takes a tenth of the time.
    deps: { optimizer: { ssr: { enabled: true, include: DRIZZLE } } },
    // Two more than the cores of a small machine: several files wait for deadlines, or for products to start.
    maxWorkers: 4,
    testTimeout: 20_000,
    hookTimeout: 60_000,
    projects: [
      { test: { name: 'direct', include: DIRECT, isolate: true, provide: { isDirect: true } } },
      { test: { name: 'apart', include: APART, isolate: true } },
      // Files of one worker share its modules, which are most of what a file costs.
      {
        test: {
          name: 'shared',
          include: ['{server,lib,app,db,components,scripts}/**/*.test.{ts,tsx}'],
          exclude: [...DIRECT, ...APART],
          isolate: false,
        },
      },
    ],
  },
})
