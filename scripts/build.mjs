// Builds what `npm start` serves: the pages by Next into .next, the server by esbuild into dist. `buildIfNeeded` compares a
// digest of every source file with that of the last build, so that a later start builds nothing.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

const SOURCES = ['app', 'components', 'db', 'lib', 'messages', 'public', 'server', 'scripts']
const FILES = ['package-lock.json', 'next.config.mjs', 'postcss.config.mjs', 'tsconfig.json', 'proxy.ts']
const STAMP = 'dist/build.json'

function* filesOf(directory) {
  for (const entry of readdirSync(directory, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const file = path.join(directory, entry.name)
    if (entry.isDirectory()) yield* filesOf(file)
    else if (!/\.test\.tsx?$/.test(entry.name)) yield file
  }
}

function digest() {
  const hash = createHash('sha256').update(process.versions.node.split('.')[0])
  for (const source of [...SOURCES.filter((name) => existsSync(name)), ...FILES.filter((name) => existsSync(name))]) {
    for (const file of statSync(source).isDirectory() ? filesOf(source) : [source]) {
      hash.update(file).update('\0').update(readFileSync(file)).update('\0')
    }
  }
  return hash.digest('hex')
}

function run(command, args, env = {}) {
  const { status } = spawnSync(command, args, { stdio: 'inherit', env: { ...process.env, ...env } })
  if (status !== 0) process.exit(status ?? 1)
}

export async function build() {
  rmSync(STAMP, { force: true })
  run(process.execPath, ['scripts/copy-wasm.mjs'])
  const before = digest()
  const { bundleServer } = await import('./bundle-server.mjs')
  await bundleServer()
  run(process.execPath, ['node_modules/next/dist/bin/next', 'build'], {
    NEXT_TELEMETRY_DISABLED: '1',
    NODE_ENV: 'production',
  })
  mkdirSync('dist', { recursive: true })
  writeFileSync(STAMP, JSON.stringify({ digest: before }))
}

export async function buildIfNeeded() {
  const built =
    existsSync(STAMP) && existsSync('.next/BUILD_ID') ? JSON.parse(readFileSync(STAMP, 'utf8')).digest : null
  if (built === digest()) return
  process.stdout.write('Building. This happens once, and again after a change.\n')
  await build()
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await build()
