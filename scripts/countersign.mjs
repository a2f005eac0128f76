// `npm run -s countersign -- …`: bundles server/cli.ts where that is missing or older than its sources, and runs it.
import { existsSync, mkdirSync, readdirSync, renameSync, statSync } from 'node:fs'
import module from 'node:module'
import path from 'node:path'
import { requireNode } from './require-node.mjs'

const BUNDLE = 'dist/cli.mjs'

function newest(directory) {
  return Math.max(
    0,
    ...readdirSync(directory, { withFileTypes: true }).map((entry) => {
      const file = path.join(directory, entry.name)
      return entry.isDirectory() ? newest(file) : statSync(file).mtimeMs
    }),
  )
}

function isStale() {
  if (!existsSync(BUNDLE)) return true
  const built = statSync(BUNDLE).mtimeMs
  return ['server', 'lib', 'db'].some((directory) => newest(directory) > built)
}

/** Under a name of its own first: two commands at once never read each other's half-written file. */
async function bundle() {
  const { bundleCommands } = await import('./bundle-server.mjs')
  mkdirSync('dist', { recursive: true })
  const draft = `dist/cli.${process.pid}.mjs`
  await bundleCommands(draft)
  renameSync(draft, BUNDLE)
}

if (requireNode()) {
  module.enableCompileCache?.('node_modules/.cache/countersign')
  if (existsSync('.env')) process.loadEnvFile('.env')
  process.env.NODE_ENV ??= 'production'
  if (isStale()) await bundle()
  await import('../dist/cli.mjs')
}
