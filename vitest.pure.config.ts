import path from 'node:path'
import { defineConfig } from 'vitest/config'

/** The tests that need no database: for `npm run verify`. `npm test` runs them with all the others. */
export default defineConfig({
  resolve: { alias: { '@': path.resolve('.') } },
  test: {
    include: [
      'lib/core/**/*.test.ts',
      'lib/outbound/**/*.test.ts',
      'lib/certificates/{der,pem,rules}/**/*.test.ts',
      'scripts/**/*.test.ts',
    ],
    pool: 'forks',
    maxWorkers: 2,
  },
})
