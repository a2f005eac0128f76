import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'

/** The product's own TypeScript for a benchmark: `contents` exports from `@/…` what is wanted. */
export async function loadSource(contents) {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'countersign-bench-'))
  const outfile = path.join(directory, 'source.mjs')
  try {
    const stdin = { contents, resolveDir: process.cwd(), loader: 'ts' }
    const options = { bundle: true, platform: 'node', format: 'esm', target: 'node24', logLevel: 'warning' }
    const banner = {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    }
    await build({ stdin, outfile, ...options, banner, alias: { '@': process.cwd() } })
    return await import(pathToFileURL(outfile).href)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
