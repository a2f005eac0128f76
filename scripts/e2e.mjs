// `npm run e2e`: builds if needed and runs the browser tests against the built product. Arguments go to Playwright: a file, a
// test's name with -g, --project=phone. The counts are in test-results/e2e.json.
import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { buildIfNeeded } from './build.mjs'
import { requireNode } from './require-node.mjs'

if (requireNode()) {
  await buildIfNeeded()
  mkdirSync('test-results', { recursive: true })
  const { status } = spawnSync(
    process.execPath,
    ['node_modules/@playwright/test/cli.js', 'test', ...process.argv.slice(2)],
    { stdio: 'inherit' },
  )
  process.exitCode = status ?? 1
}
