// `npm test`: everything. Format, lint, import rules, types; unit and integration tests on real PostgreSQL, once more through
// PgBouncer; production build; browser tests. The last line is `N passed, N failed`.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { requireNode } from './require-node.mjs'
import { summaryOf } from './summary.mjs'

function run(args, env = {}) {
  return spawnSync(process.execPath, args, { stdio: 'inherit', env: { ...process.env, ...env } }).status ?? 1
}

/** Counts of a JSON report; a run that ended without one, or red without a failed test, counts as one failure. */
function countsOf(file, status) {
  if (!existsSync(file)) return { passed: 0, failed: 1 }
  const report = JSON.parse(readFileSync(file, 'utf8'))
  const passed = report.numPassedTests ?? (report.stats ? report.stats.expected + report.stats.flaky : 0)
  const failed = report.numFailedTests ?? report.stats?.unexpected ?? 0
  return { passed, failed: status !== 0 && failed === 0 ? 1 : failed }
}

// What connects to no database of the test run, starts one of its own, or is about sockets: once is enough.
const WITHOUT_POOLER = [
  'server/start.test.ts',
  'server/cli.test.ts',
  'server/cli-certificates.test.ts',
  'server/both-mounts.test.ts',
  'server/listeners.test.ts',
  'server/tls/**',
  'server/clients/**',
  'lib/core/**',
  'lib/outbound/**',
  'lib/certificates/{der,pem,rules}/**',
  'scripts/**',
  'components/**',
  'app/(portal)/**',
  'app/(auth)/**',
]

function vitest(name, env, excluded = []) {
  const file = `test-results/${name}.json`
  const args = [
    'node_modules/vitest/vitest.mjs',
    'run',
    ...excluded.map((pattern) => `--exclude=${pattern}`),
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
  ]
  return countsOf(file, run(args, env))
}

/** Each step adds its counts as soon as it has them; what stops the run is a failure with its reason. */
async function runAll(results, reasons) {
  rmSync('test-results', { recursive: true, force: true })
  mkdirSync('test-results', { recursive: true })
  const { installTestNeeds } = await import('./install-test-needs.mjs')
  const lacking = await installTestNeeds()
  if (lacking !== null) reasons.push(lacking)
  const { verify } = await import('./verify.mjs')
  const checks = verify()
  results.push({ passed: checks.total - checks.failed.length, failed: checks.failed.length })
  const built = run(['scripts/build.mjs']) === 0
  results.push({ passed: built ? 1 : 0, failed: built ? 0 : 1 })
  results.push(vitest('integration', {}))
  results.push(vitest('pgbouncer', { TEST_PGBOUNCER: '1' }, WITHOUT_POOLER))
  results.push(countsOf('test-results/e2e.json', run(['scripts/e2e.mjs'])))
}

if (requireNode()) {
  const started = Date.now()
  const results = []
  const reasons = []
  await runAll(results, reasons).catch((error) => {
    process.stderr.write(`${error?.stack ?? error}\n`)
    reasons.push(`The run was broken off: ${error?.message ?? error}`)
  })
  const summary = summaryOf(results, reasons, (Date.now() - started) / 1000)
  process.stdout.write(summary.text)
  process.exitCode = summary.ok ? 0 : 1
}
