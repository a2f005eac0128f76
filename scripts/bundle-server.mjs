// Bundles server/main.ts and server/cli.ts into dist/, packages left outside. The same lib/ is bundled again by Next for its
// pages: what must exist once per process hangs on globalThis (docs/architecture.md).
import { existsSync } from 'node:fs'
import { build } from 'esbuild'

export async function bundleServer() {
  const entryPoints = ['server/main.ts', 'server/cli.ts'].filter((file) => existsSync(file))
  await build({
    entryPoints,
    outdir: 'dist',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    packages: 'external',
    sourcemap: true,
    alias: { '@': process.cwd() },
    logLevel: 'warning',
  })
}
