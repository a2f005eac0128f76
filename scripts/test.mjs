// `npm test`: everything. The production build, and what apt installs; unit and integration tests on real PostgreSQL, most of
// them through PgBouncer; browser tests; and beside all of that format, lint, import rules, documents and types. The last
// line is `N passed, N failed`.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs'
import { requireNode } from './require-node.mjs'
import { summaryOf } from './summary.mjs'

async function run(args, env = {}) {
  const child = spawn(process.execPath, args, { stdio: 'inherit', env: { ...process.env, ...env } })
  const [status] = await once(child, 'close')
  return status ?? 1
}

/** Counts of a JSON report; a run that ended without one, or red without a failed test, counts as one failure. */
function countsOf(file, status) {
  if (!existsSync(file)) return { passed: 0, failed: 1 }
  const report = JSON.parse(readFileSync(file, 'utf8'))
  const passed = report.numPassedTests ?? (report.stats ? report.stats.expected + report.stats.flaky : 0)
  const failed = report.numFailedTests ?? report.stats?.unexpected ?? 0
  return { passed, failed: status !== 0 && failed === 0 ? 1 : failed }
}

async function vitest(name, env) {
  const file = `test-results/${name}.json`
  const args = ['node_modules/vitest/vitest.mjs', 'run']
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  return countsOf(file, await run([...args, ...reporters], env))
}

const MEMORY = '/dev/shm'
const MEMORY_BYTES = 4 * 1024 ** 3

/** Databases and profiles of tests are made and forgotten by the hundred: in memory, where there is enough of it. */
function temporaryDirectory() {
  if (process.env.TMPDIR || !existsSync(MEMORY)) return null
  const { bavail, bsize } = statfsSync(MEMORY)
  if (bavail * bsize < MEMORY_BYTES) return null
  const directory = mkdtempSync(`${MEMORY}/countersign-`)
  chmodSync(directory, 0o711) // PostgreSQL's own user goes through it
  return directory
}

/** Each step adds its counts as soon as it has them; what stops the run is a failure with its reason. */
async function runAll(results, reasons) {
  rmSync('test-results', { recursive: true, force: true })
  mkdirSync('test-results', { recursive: true })
  const { installTestNeeds } = await import('./install-test-needs.mjs')
  const { verify } = await import('./verify.mjs')
  // The checks take what the others leave, which is enough by the end. Tests of pure code come again with all the others.
  const checking = verify(['format and lint', 'imports', 'documents', 'types'], { yields: true })
  const [lacking, status] = await Promise.all([installTestNeeds(), run(['scripts/build.mjs'])])
  if (lacking !== null) reasons.push(lacking)
  results.push({ passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1 })
  results.push(await vitest('integration', { TEST_PGBOUNCER: '1' }))
  results.push(countsOf('test-results/e2e.json', await run(['scripts/e2e.mjs'])))
  const checks = await checking
  results.push({ passed: checks.total - checks.failed.length, failed: 0 })
  reasons.push(...checks.failed.map((name) => `The check of ${name} said why, further up.`))
}

if (requireNode()) {
  const started = Date.now()
  const results = []
  const reasons = []
  const memory = temporaryDirectory()
  if (memory) {
    process.env.TMPDIR = memory
    process.on('exit', () => rmSync(memory, { recursive: true, force: true }))
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1))
  }
  await runAll(results, reasons).catch((error) => {
    process.stderr.write(`${error?.stack ?? error}\n`)
    reasons.push(`The run was broken off: ${error?.message ?? error}`)
  })
  const summary = summaryOf(results, reasons, (Date.now() - started) / 1000)
  process.stdout.write(summary.text)
  process.exitCode = summary.ok ? 0 : 1
}
