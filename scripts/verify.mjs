// `npm run verify`: what needs no database. Format and lint, floors, documents, types, and the unit tests of pure code.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import os from 'node:os'
import { pathToFileURL } from 'node:url'
import { requireNode } from './require-node.mjs'

const STEPS = [
  ['format and lint', ['node_modules/.bin/biome', 'check', '.'], false],
  ['imports', ['scripts/check-imports.mjs'], true],
  ['documents', ['scripts/check-docs.mjs'], true],
  ['types', ['node_modules/typescript/bin/tsc', '--noEmit', '--incremental', 'false', '-p', '.'], true],
  ['pure code', ['node_modules/vitest/vitest.mjs', 'run', '--config', 'vitest.pure.config.ts'], true],
]

/** Runs every step, or those of `chosen`, and names those that failed. With `yields` whatever else runs goes first. */
export async function verify(chosen = STEPS.map(([name]) => name), { yields = false } = {}) {
  const steps = STEPS.filter(([name]) => chosen.includes(name))
  const failed = []
  for (const [name, [command, ...args], script] of steps) {
    const started = Date.now()
    const child = spawn(script ? process.execPath : command, script ? [command, ...args] : args, { stdio: 'inherit' })
    if (yields) lowerPriority(child)
    const [status] = await once(child, 'close')
    process.stdout.write(
      `${status === 0 ? 'passed' : 'FAILED'}  ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)\n`,
    )
    if (status !== 0) failed.push(name)
  }
  return { total: steps.length, failed }
}

function lowerPriority({ pid }) {
  try {
    os.setPriority(pid, os.constants.priority.PRIORITY_LOW)
  } catch {
    // It has ended already, or may not be slowed down: it runs as others do.
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href && requireNode()) {
  if (!existsSync('node_modules/.bin/biome')) process.stderr.write('Run npm ci first.\n')
  process.exitCode = (await verify()).failed.length === 0 ? 0 : 1
}
